import type { DockerOptions } from 'dockerode';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '#contracts';
import type { EngineSettings } from './engine.config.js';

const SOCKET = '/var/run/docker.sock';
const PLAIN_PORT = 2375;
const TLS_PORT = 2376;

/** How the engine is reached. @throws CommandError when what is configured is no address, or a key cannot be read */
export function engineAddress(settings: Readonly<EngineSettings>): DockerOptions {
  const given = settings.docker_host || `unix://${SOCKET}`;
  if (given.startsWith('unix://')) return { socketPath: given.slice('unix://'.length) || SOCKET };
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (!url || !['tcp:', 'http:', 'https:'].includes(url.protocol) || url.hostname === '')
    throw new CommandError(
      'unavailable',
      `The address of the sandbox engine, ${JSON.stringify(given)}, is none; an administrator must set DOCKER_HOST ` +
        'to unix:///path/to/docker.sock or tcp://host:port.',
    );
  const certificates = settings.docker_cert_path;
  const isTls = certificates !== undefined || url.protocol === 'https:';
  return {
    host: url.hostname,
    port: Number(url.port) || (isTls ? TLS_PORT : PLAIN_PORT),
    protocol: isTls ? 'https' : 'http',
    ...(certificates !== undefined && keysIn(certificates)),
  };
}

function keysIn(directory: string): Pick<DockerOptions, 'ca' | 'cert' | 'key'> {
  const read = (name: string): Buffer => readFileSync(join(directory, name));
  try {
    return { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') };
  } catch (error) {
    throw new CommandError(
      'unavailable',
      'The keys of the sandbox engine cannot be read; an administrator must check DOCKER_CERT_PATH.',
      { cause: error },
    );
  }
}
