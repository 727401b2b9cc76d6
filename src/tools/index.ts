export {
  CALL_TIMEOUT_MS,
  type ToolCallContext,
  ToolExecutor,
  type ToolOutcome,
} from './executor/tool-executor.js';
export { ToolPolicy } from './policy/tool-policy.js';
export type {
  NarrowingRules,
  PolicyDecision,
  PolicyStep,
  ResolvedPolicy,
  ToolPolicySpec,
  ToolRules,
  ToolScope,
} from './policy/tool-policy.types.js';
export { type RegisteredTool, ToolRegistry } from './registry/tool-registry.js';
export { scrubCredentials } from './scrubbing/scrub-credentials.js';
export { ToolPolicyConfig } from './policy/tool-policy.config.js';
export { ToolsConfig } from './tools.config.js';
export { ToolsError, ToolsErrorReason } from './tools.errors.js';
export { ToolsModule } from './tools.module.js';
