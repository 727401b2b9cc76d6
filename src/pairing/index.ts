export { PairingModule } from './pairing.module.js';
export { PairingService } from './pairing.service.js';
