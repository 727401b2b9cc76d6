export { agentOfSessionKey, defaultSessionKey, resolveSessionKey } from './session-key.js';
export { SessionService } from './session.service.js';
export { SessionsModule } from './sessions.module.js';
export { Transcript } from './transcript.js';
