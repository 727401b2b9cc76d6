export { BrowserConfig } from './browser.config.js';
export { BrowserModule } from './browser.module.js';
export { snapshotOptions } from './browser.tool.js';
export { BROWSER_SPEC, SNAPSHOT_MAX_CHARS, SNAPSHOT_MIN_CHARS } from './browser-tool-spec.js';
export { type BrowserAnswer, type BrowserCall, Browsers } from './browsers.js';
export { type BrowserFinding, probeBrowser } from './chromium/probe-browser.js';
export { ACT_KINDS, type ActKind, MOUSE_BUTTONS, type MouseButton } from './page/act-request.js';
export { TIMEOUT_MAX_MS } from './page/page-limit.js';
export { TREE_MAX_DEPTH } from './page/snapshot-tree.js';
