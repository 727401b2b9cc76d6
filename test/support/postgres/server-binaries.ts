import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The oldest PostgreSQL that GoClaw supports. */
export const OLDEST_POSTGRES_MAJOR = 15;

/** An installed PostgreSQL server. */
export interface ServerBinaries {
  readonly binDir: string;
  readonly major: number;
  /** Whether the pgvector extension is installed for this server. */
  readonly hasVector: boolean;
}

/** Folders that distributions put servers in, which are usually not on the PATH. */
const VERSIONED_ROOTS = ['/usr/lib/postgresql', '/opt/homebrew/opt', '/usr/local/opt'];

/** The newest supported server on this machine; one that has pgvector is preferred. */
export function findServerBinaries(): ServerBinaries | undefined {
  const found = candidateDirectories()
    .map(inspect)
    .filter((server) => server !== undefined)
    .filter((server) => server.major >= OLDEST_POSTGRES_MAJOR);
  found.sort((a, b) => Number(b.hasVector) - Number(a.hasVector) || b.major - a.major);
  return found[0];
}

function candidateDirectories(): string[] {
  const versioned = VERSIONED_ROOTS.filter((root) => existsSync(root)).flatMap((root) =>
    readdirSync(root)
      .filter((name) => /^(postgresql@)?\d+$/.test(name))
      .map((name) => join(root, name, 'bin')),
  );
  const onPath = (process.env['PATH'] ?? '').split(':').filter((dir) => dir !== '');
  return [...new Set([...versioned, ...onPath])].filter(
    (dir) => existsSync(join(dir, 'initdb')) && existsSync(join(dir, 'pg_config')),
  );
}

function inspect(binDir: string): ServerBinaries | undefined {
  const ask = (option: string): string =>
    execFileSync(join(binDir, 'pg_config'), [option], { encoding: 'utf8' }).trim();
  try {
    const major = Number(/\d+/.exec(ask('--version'))?.[0]);
    return { binDir, major, hasVector: existsSync(join(ask('--sharedir'), 'extension', 'vector.control')) };
  } catch {
    return undefined; // A broken installation is as good as none.
  }
}
