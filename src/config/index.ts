export {
  type ConfigClass,
  ConfigSection,
  Describe,
  Env,
  EnvOnly,
  type Environment,
  Nested,
  NestedMap,
  Restart,
  Secret,
  SecretMap,
} from './config-metadata.js';
export { changedPaths, type ConfigDifference } from './config-difference.js';
export { joinPath, splitPath } from './config-path.js';
export { leavesOf, placesOf, propertyAt, shapeOf } from './config-shape.js';
export { configSchema } from './config-schema.js';
export type { ConfigSource } from './config-source.js';
export { ConfigError, type ConfigIssue } from './config.errors.js';
export { ConfigModule } from './config.module.js';
export { ConfigService } from './config.service.js';
export { MASK } from './mask.js';
export {
  composePatches,
  type Document,
  isDocument,
  isTooDeep,
  mergePatch,
  patchTowards,
  valueAt,
  withValueAt,
} from './documents.js';
export { ENV_FILE_NAME, environmentBeside } from './env-file.js';
export { type ConfigOverlay, loadConfig, parseConfigText, readConfigFile } from './load-config.js';
export { ownEnvironment } from './own-environment.js';
export { expandPath } from './paths.js';
export type { JsonSchema } from './value-schema.js';
export { withoutReservedKeys } from './reserved-keys.js';
export { settingIssues } from './setting-issues.js';
export { shadowedPaths } from './shadowed-paths.js';
export { secretsTakenBy, takeSecrets } from './written-secrets.js';
