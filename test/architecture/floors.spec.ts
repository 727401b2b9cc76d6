import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from './source-files.js';

interface Violation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

/** File → its content, and the rule that must catch it (`undefined`: it is allowed). */
const PLANTED: { path: string; content: string; caughtBy?: string }[] = [
  { path: 'src/kernel/index.ts', content: 'export const kernel = 1;' },
  { path: 'src/store/index.ts', content: "export { rows } from './rows.js';" },
  { path: 'src/store/rows.ts', content: "import '#kernel';\nimport 'typeorm';\nexport const rows = 1;" },
  { path: 'src/usage/index.ts', content: 'export const usage = 1;' },
  { path: 'src/providers/index.ts', content: "import '#usage';\nexport const providers = 1;" },
  { path: 'src/tools/index.ts', content: 'export const tools = 1;' },
  { path: 'src/agent/index.ts', content: "import '#tools';\nexport const agent = 1;" },
  { path: 'src/http/index.ts', content: "import '#agent';\nexport const http = 1;" },
  { path: 'libs/protocol/index.ts', content: 'export const protocol = 1;' },
  { path: 'libs/contracts/index.ts', content: "import '#protocol';\nexport const contracts = 1;" },
  { path: 'libs/client/index.ts', content: "import '#protocol';\nexport const client = 1;" },
  { path: 'src/main.ts', content: "import '#http';\nimport '#agent';" },

  { path: 'src/store/climbs.ts', content: "import '#agent';", caughtBy: 'floor-of-store' },
  { path: 'src/kernel/climbs.ts', content: "import '#store';", caughtBy: 'floor-of-kernel' },
  { path: 'src/tools/sideways.ts', content: "import '#agent';", caughtBy: 'floor-of-tools' },
  { path: 'src/usage/against-the-arrow.ts', content: "import '#providers';", caughtBy: 'floor-of-usage' },
  { path: 'src/gateway/sideways.ts', content: "import '#http';", caughtBy: 'floor-of-gateway' },
  {
    path: 'src/agent/type-climbs.ts',
    content: "import type { http } from '#http';\nexport type X = typeof http;",
    caughtBy: 'floor-of-agent',
  },
  { path: 'src/invented/index.ts', content: "import '#kernel';", caughtBy: 'module-without-floor' },
  { path: 'src/agent/deep.ts', content: "import '../store/rows.js';", caughtBy: 'only-by-its-face' },
  { path: 'src/usage/own-face.ts', content: "import '#usage';", caughtBy: 'not-by-its-own-face' },
  { path: 'src/tools/one.ts', content: "import './two.js';\nexport const one = 1;", caughtBy: 'no-cycles' },
  { path: 'src/tools/two.ts', content: "import './one.js';\nexport const two = 2;", caughtBy: 'no-cycles' },
  {
    path: 'src/agent/sql.ts',
    content: "import type { DataSource } from 'typeorm';\nexport type X = DataSource;",
    caughtBy: 'sql-only-in-store',
  },
  { path: 'src/providers/sql.ts', content: "import 'pg';", caughtBy: 'sql-only-in-store' },
  {
    path: 'src/config/embedded.ts',
    content: "await import('@electric-sql/pglite');",
    caughtBy: 'sql-only-in-store',
  },
  { path: 'libs/contracts/climbs.ts', content: "import '#kernel';", caughtBy: 'libs-stand-alone' },
  { path: 'libs/client/nest.ts', content: "import '@nestjs/common';", caughtBy: 'libs-stand-alone' },
  { path: 'libs/protocol/knows.ts', content: "import '#contracts';", caughtBy: 'protocol-knows-nobody' },
  {
    path: 'libs/client/sideways.ts',
    content: "import '#contracts';",
    caughtBy: 'contracts-and-client-are-apart',
  },
  { path: 'migrations/1-knows.ts', content: "import '#store';", caughtBy: 'migrations-know-only-typeorm' },
  {
    path: 'src/tools/tested.ts',
    content: "import '../../test/support/fixture.js';",
    caughtBy: 'program-without-its-tests',
  },
  { path: 'src/tools/developed.ts', content: "import 'fast-check';", caughtBy: 'no-development-packages' },
  { path: 'src/tools/dangling.ts', content: "import './nowhere.js';", caughtBy: 'resolvable' },
  { path: 'test/support/fixture.ts', content: 'export const fixture = 1;' },
];

describe('the floors of the house', () => {
  it('hold in this tree', async () => {
    expect(await violations(ROOT, ['src', 'libs', 'migrations', 'test', 'bench', 'chaos'])).toEqual([]);
  });

  describe('when somebody breaks a rule', () => {
    let house: string;
    let found: Violation[];

    beforeAll(async () => {
      house = mkdtempSync(join(tmpdir(), 'goclaw-floors-'));
      for (const { path, content } of PLANTED) {
        mkdirSync(dirname(join(house, path)), { recursive: true });
        writeFileSync(join(house, path), content);
      }
      for (const file of ['package.json', 'tsconfig.json', '.dependency-cruiser.mjs']) {
        cpSync(join(ROOT, file), join(house, file));
      }
      symlinkSync(join(ROOT, 'node_modules'), join(house, 'node_modules'));
      found = await violations(house, ['src', 'libs', 'migrations']);
    });
    afterAll(() => rmSync(house, { recursive: true, force: true }));

    it.each(PLANTED.filter(({ caughtBy }) => caughtBy !== undefined))(
      '$caughtBy catches $path',
      (planted) => {
        expect(
          found
            .filter(({ from, to }) => from === planted.path || to === planted.path)
            .map(({ rule }) => rule),
        ).toContain(planted.caughtBy);
      },
    );

    it.each(PLANTED.filter(({ caughtBy }) => caughtBy === undefined))('$path is allowed', (planted) => {
      expect(found.filter(({ from }) => from === planted.path)).toEqual([]);
    });
  });
});

/** Runs dependency-cruiser in a folder; a missing subfolder is passed over. */
async function violations(cwd: string, folders: string[]): Promise<Violation[]> {
  const present = folders.filter((folder) => existsSync(join(cwd, folder)));
  const binary = join(ROOT, 'node_modules/.bin/depcruise');
  const json = await new Promise<string>((resolve, reject) => {
    execFile(binary, [...present, '-T', 'json'], { cwd, maxBuffer: 256 * 1024 * 1024 }, (_, stdout, stderr) =>
      // It exits with the number of violations; what counts is whether it printed a report.
      stdout.startsWith('{') ? resolve(stdout) : reject(new Error(`dependency-cruiser: ${stderr}`)),
    );
  });
  const { summary } = JSON.parse(json) as {
    summary: { violations: { rule: { name: string }; from: string; to: string }[] };
  };
  return summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to }));
}
