import { describe, expect, it } from 'vitest';
import { engineAddress } from './engine-address.js';

describe('the address of the engine', () => {
  it('is the local socket unless another one is named', () => {
    expect(engineAddress({})).toEqual({ socketPath: '/var/run/docker.sock' });
    const podman = 'unix:///run/podman/podman.sock';
    expect(engineAddress({ docker_host: podman })).toEqual({ socketPath: '/run/podman/podman.sock' });
  });

  it('may be a host, with or without its port', () => {
    const address = { host: 'engine', port: 1234, protocol: 'http' };
    expect(engineAddress({ docker_host: 'tcp://engine:1234' })).toEqual(address);
    expect(engineAddress({ docker_host: 'tcp://engine' })).toMatchObject({ port: 2375 });
    expect(engineAddress({ docker_host: 'https://engine' })).toMatchObject({ port: 2376, protocol: 'https' });
  });

  it('that is none, or has no keys, is said with the remedy', () => {
    expect(() => engineAddress({ docker_host: 'engine' })).toThrow(/DOCKER_HOST/);
    expect(() => engineAddress({ docker_host: 'ssh://engine' })).toThrow(/DOCKER_HOST/);
    const keyless = { docker_host: 'tcp://engine', docker_cert_path: '/nowhere' };
    expect(() => engineAddress(keyless)).toThrow(/DOCKER_CERT_PATH/);
  });
});
