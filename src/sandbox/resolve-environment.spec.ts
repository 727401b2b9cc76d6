import { describe, expect, it } from 'vitest';
import { resolveEnvironment } from './resolve-environment.js';

describe('variables of a sandbox', () => {
  it('may name variables of the gateway that are meant for it, and no others', () => {
    const given = {
      TOKEN: 'Bearer ${GOCLAW_SANDBOX_TOKEN}',
      KEY: '${GOCLAW_ENCRYPTION_KEY}',
      PLAIN: '$HOME',
    };
    const environment = { GOCLAW_SANDBOX_TOKEN: 'canary', GOCLAW_ENCRYPTION_KEY: 'secret' };
    expect(resolveEnvironment(given, environment)).toEqual({
      TOKEN: 'Bearer canary',
      KEY: '${GOCLAW_ENCRYPTION_KEY}',
      PLAIN: '$HOME',
    });
  });

  it('that name one that is not set are told so', () => {
    expect(() => resolveEnvironment({ A: '${GOCLAW_SANDBOX_B}' }, {})).toThrow(/GOCLAW_SANDBOX_B/);
  });
});
