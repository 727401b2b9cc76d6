import type { SandboxTerms } from '#contracts';
import type { SandboxConfig, SandboxSettings } from './sandbox.config.js';

const MS_PER_S = 1_000;
const MS_PER_MIN = 60_000;
const MS_PER_HOUR = 3_600_000;
const MS_PER_DAY = 86_400_000;

/** How an agent's commands are shut in; `undefined`: they are not. `isMain`: it is the default agent. */
export function sandboxTermsOf(
  defaults: Readonly<SandboxConfig>,
  own: Readonly<SandboxSettings> | null | undefined,
  isMain: boolean,
): SandboxTerms | undefined {
  const set = { ...defaults, ...withoutAbsent(own) };
  if (set.mode === 'off' || (set.mode === 'non-main' && isMain)) return undefined;
  return {
    image: set.image,
    workspaceAccess: set.workspace_access,
    scope: set.scope,
    memoryMb: set.memory_mb,
    cpus: set.cpus,
    timeoutMs: set.timeout_sec * MS_PER_S,
    networkEnabled: set.network_enabled,
    readOnlyRoot: set.read_only_root,
    ...(set.setup_command && { setupCommand: set.setup_command }),
    env: { ...defaults.env, ...own?.env },
    ...(set.user && { user: set.user }),
    tmpfsSizeMb: set.tmpfs_size_mb,
    maxOutputBytes: set.max_output_bytes,
    idleMs: set.idle_hours * MS_PER_HOUR,
    maxAgeMs: set.max_age_days * MS_PER_DAY,
    pruneIntervalMs: set.prune_interval_min * MS_PER_MIN,
  };
}

/** A key that is there without a value does not hide the default. */
function withoutAbsent(own: Readonly<SandboxSettings> | null | undefined): Partial<SandboxConfig> {
  const set = Object.entries(own ?? {}).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(set);
}
