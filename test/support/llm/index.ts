export { startLlmProcess } from './llm-process.js';
export { ReceivedRequest, type WireName } from './received-request.js';
export { ScriptedLlm } from './scripted-llm.js';
