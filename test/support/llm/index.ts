export { Gate } from './gate.js';
export type { LlmServerOptions } from './llm-server.js';
export { startLlmProcess } from './llm-process.js';
export {
  type ReceivedMessage,
  ReceivedRequest,
  type ReceivedTool,
  type ReceivedToolCall,
  type WireName,
} from './received-request.js';
export type {
  Failure,
  Fault,
  Finish,
  Reply,
  ReplyLike,
  Responder,
  ScriptedToolCall,
  ScriptedUsage,
} from './reply.js';
export { ReplyScript } from './reply-script.js';
export { ScriptedLlm } from './scripted-llm.js';
