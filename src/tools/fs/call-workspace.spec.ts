import { describe, expect, it } from 'vitest';
import type { SandboxTerms, ToolContext } from '#contracts';
import { toolContext } from '../../../test/support/tools.js';
import { pathIn, requireWritable, workspaceOf } from './call-workspace.js';

const WORKSPACE = { root: '/host/ws', restrict: false };

function sandboxed(workspaceAccess: SandboxTerms['workspaceAccess']): ToolContext {
  return toolContext(WORKSPACE, { sandbox: { workspaceAccess } as SandboxTerms });
}

describe('the workspace of a call', () => {
  it('is what it is on the host', () => {
    const context = toolContext(WORKSPACE);
    expect(workspaceOf(context)).toBe(WORKSPACE);
    expect(pathIn(context, '/workspace/a')).toBe('/workspace/a');
  });

  it('cannot be left with a sandbox, also where the agent may leave it otherwise', () => {
    expect(workspaceOf(sandboxed('rw')).restrict).toBe(true);
  });

  it.each([
    ['/workspace', '.'],
    ['/workspace/', '.'],
    ['/workspace/a b', 'a b'],
    ['/workspace/a/', 'a/'],
    ['/workspace/../etc', '/workspace/../etc'],
    ['/workspaces/a', '/workspaces/a'],
    ['/etc/passwd', '/etc/passwd'],
    ['a/b', 'a/b'],
    ['/workspace/..a', '..a'],
  ])('is meant by %s as %s', (path, meant) => {
    expect(pathIn(sandboxed('rw'), path)).toBe(meant);
  });

  it('is not written where it may only be read', () => {
    expect(() => requireWritable(sandboxed('ro'), 'a')).toThrow(/read-only/);
    expect(() => requireWritable(sandboxed('rw'), 'a')).not.toThrow();
  });
});
