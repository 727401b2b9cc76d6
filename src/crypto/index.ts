export { CryptoError } from './crypto.errors.js';
export { parseEncryptionKey } from './encryption-key.js';
export { type SealState, SecretBox } from './secret-box.js';
