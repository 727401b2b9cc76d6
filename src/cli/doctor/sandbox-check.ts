import { AgentsConfig } from '#agent';
import type { ConfigService } from '#config';
import { CommandError } from '#contracts';
import { probeEngine, sandboxTermsOf } from '#sandbox';
import type { Finding } from './finding.js';

const check = 'sandbox';

/** Where the configuration has sandboxes: that they can be made. */
export async function checkSandbox(config: ConfigService): Promise<Finding[]> {
  const images = imagesOf(config);
  if (images.length === 0) return [];
  try {
    const { version, missing } = await probeEngine(config, images);
    const engine: Finding = { check, level: 'ok', message: `the engine answers (version ${version})` };
    return [engine, ...missing.map(lacking)];
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const cause = error.cause instanceof Error ? error.cause.message : error.message;
    const remedy = 'Start Docker (or Podman with its socket), let this user reach it, or set DOCKER_HOST.';
    return [{ check, level: 'problem', message: `the engine does not answer: ${cause}`, remedy }];
  }
}

function lacking(image: string): Finding {
  const remedy = `docker build -f Dockerfile.sandbox -t ${image} . (or docker pull ${image})`;
  return { check, level: 'problem', message: `the image ${image} is not there`, remedy };
}

/** Of the agents that the configuration names; those of the database are not looked up. */
function imagesOf(config: ConfigService): readonly string[] {
  const { defaults, list } = config.get(AgentsConfig);
  const agents = [undefined, ...Object.values(list).map(({ sandbox }) => sandbox)];
  const terms = agents.map((own) => sandboxTermsOf(defaults.sandbox, own, false));
  return [...new Set(terms.flatMap((one) => (one ? [one.image] : [])))];
}
