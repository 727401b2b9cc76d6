export { CustomTools } from './custom/custom-tools.js';
export { CustomToolsModule } from './custom/custom-tools.module.js';
export { ToolExecutor, type ToolOutcome } from './executor/tool-executor.js';
export { ToolPolicy } from './policy/tool-policy.js';
export type { ToolPolicySpec, ToolScope } from './policy/tool-policy.types.js';
export { ToolRegistry } from './registry/tool-registry.js';
export { ToolPolicyConfig } from './policy/tool-policy.config.js';
export { ToolsConfig } from './tools.config.js';
export { ToolsModule } from './tools.module.js';
