export * from './caller.js';
export * from './content.js';
export * from './llm-error.js';
export * from './llm-provider.js';
export * from './run-context.js';
export * from './run-event.js';
export * from './tool.js';
