export { startLlmProcess } from './llm-process.js';
export { ReceivedRequest, type WireName } from './received-request.js';
export type { ReplyLike } from './reply.js';
export { ScriptedLlm } from './scripted-llm.js';
