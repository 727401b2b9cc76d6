export * from './close-codes.js';
export * from './error-codes.js';
export * from './events.js';
export * from './frames.js';
export * from './limits.js';
export * from './methods.js';
export * from './run-events.js';
export * from './version.js';
