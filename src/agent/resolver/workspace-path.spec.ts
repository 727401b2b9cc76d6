import fc from 'fast-check';
import { basename, dirname, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { userWorkspace } from './workspace-path.js';

describe("a user's workspace", () => {
  it.each([
    ['ann', 'Ann'],
    ['a.b', 'a-b'],
    ['a/b', 'a b'],
    ['é', 'e\u0301'],
    ['..', '.'],
    ['x'.repeat(100), `${'x'.repeat(99)}y`],
    ['', '-'],
    ['tenant.a.user.b', 'tenant.a-user.b'],
  ])('is not the one of a look-alike: %j and %j', (one, other) => {
    const [a, b] = [userWorkspace('/w', one), userWorkspace('/w', other)];
    expect(a.toLowerCase()).not.toBe(b.toLowerCase());
  });

  it('is one directory right below the users of its agent, whatever the id holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (id) => {
        const path = userWorkspace('/w', id);
        expect(resolve(path)).toBe(path);
        expect(dirname(path)).toBe('/w/users');
        expect(basename(path)).toMatch(/^[a-z0-9-]{1,60}$/);
      }),
    );
  });

  it('is the same every time', () => {
    expect(userWorkspace('/w', 'ann')).toBe(userWorkspace('/w', 'ann'));
    expect(basename(userWorkspace('/w', 'Ann Lee'))).toMatch(/^ann-lee-[0-9a-f]{16}$/);
  });
});
