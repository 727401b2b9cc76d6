export { PairingError, type PairingReason } from './pairing.errors.js';
export { PairingModule } from './pairing.module.js';
export { type PendingBrowser, PairingService, type Standing } from './pairing.service.js';
