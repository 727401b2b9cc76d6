export { CryptoError, type CryptoReason } from './crypto.errors.js';
export { parseEncryptionKey } from './encryption-key.js';
export { SecretBox } from './secret-box.js';
