export { EngineConfig } from './engine/engine.config.js';
export { probeEngine } from './probe-engine.js';
export { SandboxConfig, SandboxSettings } from './sandbox.config.js';
export { SandboxModule } from './sandbox.module.js';
export type { SandboxOwner } from './sandbox-owner.js';
export { sandboxTermsOf } from './sandbox-terms.js';
export { Sandboxes } from './sandboxes.js';
export { strictest } from './strictest.js';
