export { agentOfSessionKey, checkSessionKey, defaultSessionKey, isBackgroundSession } from './session-key.js';
export { SessionService } from './session.service.js';
export { SessionsModule } from './sessions.module.js';
export { Transcript } from './transcript.js';
