export type { ConfigEdit } from './config-edit.js';
export { ConfigEditor } from './config-editor.js';
export { useConfigOfDatabase } from './config-of-database.js';
export { ConfigWatcher } from './config-watcher.js';
export { LiveConfig } from './live-config.js';
export { LiveConfigModule } from './live-config.module.js';
export { documentOf, readPatch, readWhole } from './read-edit.js';
