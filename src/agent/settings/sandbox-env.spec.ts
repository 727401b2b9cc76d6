import { describe, expect, it } from 'vitest';
import { keptEnv, maskedEnv } from './sandbox-env.js';

describe('variables of a sandbox', () => {
  it('are shown by their names alone', () => {
    expect(maskedEnv({ mode: 'all', env: { TOKEN: 'secret' } })).toEqual({
      mode: 'all',
      env: { TOKEN: '***' },
    });
    expect(maskedEnv({ mode: 'all' })).toEqual({ mode: 'all' });
  });

  it('keep their values when they are written as they were shown', () => {
    const before = { env: { TOKEN: 'secret', OLD: 'x' } };
    expect(keptEnv({ mode: 'off', env: { TOKEN: '***', NEW: 'y' } }, before)).toEqual({
      mode: 'off',
      env: { TOKEN: 'secret', NEW: 'y' },
    });
    expect(keptEnv({ mode: 'off' }, before)).toEqual({ mode: 'off' });
  });

  it('are asked for when they are written as shown and nothing is there', () => {
    for (const name of ['TOKEN', 'constructor'])
      expect(() => keptEnv({ env: { [name]: '***' } }, null)).toThrow(/nothing is stored/);
  });
});
