import {
  SANDBOX_SCOPES,
  type SandboxScope,
  type SandboxTerms,
  WORKSPACE_ACCESS,
  type WorkspaceAccess,
} from '#contracts';

/**
 * The terms of a run that another one started: of each limit the tighter one, so that nobody gets out of his sandbox
 * by asking another agent. What is no limit (image, variables, set-up, user) is the child's, where it has a sandbox.
 */
export function strictest(parent: SandboxTerms, child: SandboxTerms): SandboxTerms;
export function strictest(
  parent: SandboxTerms | undefined,
  child: SandboxTerms | undefined,
): SandboxTerms | undefined;
export function strictest(
  parent: SandboxTerms | undefined,
  child: SandboxTerms | undefined,
): SandboxTerms | undefined {
  if (!parent || !child) return child ?? parent;
  return {
    ...child,
    workspaceAccess: tighterAccess(parent.workspaceAccess, child.workspaceAccess),
    scope: tighterScope(parent.scope, child.scope),
    memoryMb: Math.min(parent.memoryMb, child.memoryMb),
    cpus: Math.min(parent.cpus, child.cpus),
    timeoutMs: Math.min(parent.timeoutMs, child.timeoutMs),
    networkEnabled: parent.networkEnabled && child.networkEnabled,
    readOnlyRoot: parent.readOnlyRoot || child.readOnlyRoot,
    ...userOf(parent, child),
    tmpfsSizeMb: smallest(parent.tmpfsSizeMb, child.tmpfsSizeMb),
    maxOutputBytes: Math.min(parent.maxOutputBytes, child.maxOutputBytes),
    idleMs: smallest(parent.idleMs, child.idleMs),
    maxAgeMs: smallest(parent.maxAgeMs, child.maxAgeMs),
    pruneIntervalMs: Math.min(parent.pruneIntervalMs, child.pruneIntervalMs),
  };
}

/** The lists begin with the strictest. */
function tighterAccess(one: WorkspaceAccess, other: WorkspaceAccess): WorkspaceAccess {
  return WORKSPACE_ACCESS.find((access) => access === one || access === other) ?? 'none';
}

function tighterScope(one: SandboxScope, other: SandboxScope): SandboxScope {
  return SANDBOX_SCOPES.find((scope) => scope === one || scope === other) ?? 'session';
}

function userOf(parent: SandboxTerms, child: SandboxTerms): Pick<SandboxTerms, 'user'> {
  const user = child.user ?? parent.user;
  return user === undefined ? {} : { user };
}

/** 0 is no limit. */
function smallest(one: number, other: number): number {
  return one === 0 || other === 0 ? Math.max(one, other) : Math.min(one, other);
}
