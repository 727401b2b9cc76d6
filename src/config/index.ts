export {
  type ConfigClass,
  ConfigSection,
  Env,
  EnvOnly,
  type Environment,
  Nested,
  NestedMap,
  Secret,
} from './config-metadata.js';
export { ConfigError } from './config.errors.js';
export { ConfigModule } from './config.module.js';
export { ConfigService } from './config.service.js';
export { MASK } from './mask.js';
export { environmentBeside } from './env-file.js';
export { loadConfig } from './load-config.js';
export { expandPath } from './paths.js';
