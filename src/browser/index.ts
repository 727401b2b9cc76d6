export { BrowserConfig } from './browser.config.js';
export { BrowserModule } from './browser.module.js';
export {
  BROWSER_SPEC,
  SNAPSHOT_DEFAULT_CHARS,
  SNAPSHOT_MAX_CHARS,
  SNAPSHOT_MIN_CHARS,
} from './browser-tool-spec.js';
export { type BrowserAnswer, type BrowserCall, Browsers, type OpenedPage } from './browsers.js';
export { ACT_KINDS, type ActRequest, MOUSE_BUTTONS } from './page/act-request.js';
export { TIMEOUT_MAX_MS } from './page/page-limit.js';
export { TREE_MAX_DEPTH } from './page/snapshot-tree.js';
