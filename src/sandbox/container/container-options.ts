import type { ContainerCreateOptions } from 'dockerode';
import { SANDBOX_WORKSPACE, type SandboxTerms } from '#contracts';
import { KEEPER } from './keeper.js';

export const SANDBOX_LABEL = 'goclaw.sandbox';

const MB = 1024 * 1024;
const NANO = 1e9;
/** Stops fork bombs: threads count too. */
export const PROCESSES_MAX = 256;
const OPEN_FILES_MAX = 4_096;
const FILE_MAX_BYTES = 2 * 1024 * MB;
const TEMPORARY = ['/tmp', '/var/tmp', '/run'];
const HOME = '/tmp';

export interface ContainerPlan {
  readonly terms: SandboxTerms;
  /** Whose it is, unreadable. */
  readonly key: string;
  /** Absolute path on the engine's host. */
  readonly workspaceRoot: string;
  /** Leaves out what an engine that may itself do little cannot give: limits of each process. */
  readonly bare?: boolean;
}

/** A container that can do little: no capability, no privilege to gain, no network, bounded in everything. */
export function containerOptions({
  terms,
  key,
  workspaceRoot,
  bare = false,
}: ContainerPlan): ContainerCreateOptions {
  const user = terms.user ?? ownUser(terms);
  return {
    Image: terms.image,
    Entrypoint: [],
    Cmd: [...KEEPER],
    // Its input is its life: it ends when the gateway closes it, and so when the gateway ends, however that happens.
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    Hostname: 'sandbox',
    WorkingDir: SANDBOX_WORKSPACE,
    ...(user !== undefined && { User: user }),
    Env: Object.entries({ HOME, ...terms.env }).map(([name, value]) => `${name}=${value}`),
    Labels: { [SANDBOX_LABEL]: key },
    HostConfig: {
      AutoRemove: true,
      ReadonlyRootfs: terms.readOnlyRoot,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      NetworkMode: terms.networkEnabled ? 'bridge' : 'none',
      IpcMode: 'private',
      LogConfig: { Type: 'none', Config: {} },
      Memory: terms.memoryMb * MB,
      // No swap beside it.
      MemorySwap: terms.memoryMb * MB,
      NanoCpus: Math.round(terms.cpus * NANO),
      PidsLimit: PROCESSES_MAX,
      ...(!bare && {
        Ulimits: [limit('core', 0), limit('fsize', FILE_MAX_BYTES), limit('nofile', OPEN_FILES_MAX)],
      }),
      ...volumes(terms, workspaceRoot),
    },
  };
}

/**
 * Files of the workspace belong to the gateway's user: another one could not change what the file tools wrote, nor they
 * what it wrote. Where nothing is mounted, the image's user is as good, and better than root.
 */
function ownUser({ workspaceAccess }: SandboxTerms): string | undefined {
  const [user, group] = [process.getuid?.(), process.getgid?.()];
  if (user === undefined || group === undefined) return undefined;
  return workspaceAccess === 'none' && user === 0 ? undefined : `${user}:${group}`;
}

function volumes(
  { workspaceAccess, tmpfsSizeMb }: SandboxTerms,
  workspaceRoot: string,
): Pick<NonNullable<ContainerCreateOptions['HostConfig']>, 'Tmpfs' | 'Mounts'> {
  const size = tmpfsSizeMb > 0 ? `,size=${tmpfsSizeMb}m` : '';
  // Memory of the sandbox, so bounded by its limit. `exec`: programs are built and run there.
  const temporary = `rw,exec,nosuid,nodev,mode=1777${size}`;
  const paths = workspaceAccess === 'none' ? [...TEMPORARY, SANDBOX_WORKSPACE] : TEMPORARY;
  const Tmpfs = Object.fromEntries(paths.map((path) => [path, temporary]));
  if (workspaceAccess === 'none') return { Tmpfs };
  const ReadOnly = workspaceAccess === 'ro';
  return { Tmpfs, Mounts: [{ Type: 'bind', Source: workspaceRoot, Target: SANDBOX_WORKSPACE, ReadOnly }] };
}

function limit(Name: string, most: number): { Name: string; Soft: number; Hard: number } {
  return { Name, Soft: most, Hard: most };
}
