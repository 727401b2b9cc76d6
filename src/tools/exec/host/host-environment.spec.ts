import { describe, expect, it } from 'vitest';
import { hostEnvironment } from './host-environment.js';

describe('the environment of a command on the host', () => {
  it('has of the gateway what an admin names, and never what holds its own secrets', () => {
    const gateway = {
      GOCLAW_ENCRYPTION_KEY: 'secret',
      AWS_REGION: 'eu',
      AWS_SECRET_ACCESS_KEY: 'secret',
      TZ: 'UTC',
    };
    const environment = hostEnvironment(gateway, ['GOCLAW_ENCRYPTION_KEY', 'AWS_REGION', 'MISSING'], '/ws');
    expect(environment).toMatchObject({ AWS_REGION: 'eu', TZ: 'UTC', HOME: '/ws' });
    expect(JSON.stringify(environment)).not.toContain('secret');
    expect(environment).not.toHaveProperty('MISSING');
  });

  it('finds programs in directories of the system alone, never beside where it starts', () => {
    expect(hostEnvironment({ PATH: '.:/usr/bin::bin:/opt/bin' }, [], '/ws')['PATH']).toBe(
      '/usr/bin:/opt/bin',
    );
    expect(hostEnvironment({ PATH: '.' }, [], '/ws')['PATH']).toMatch(/^\/usr\/local\/sbin:/);
    expect(hostEnvironment({}, [], '/ws')['PATH']).toContain(':/bin');
  });
});
