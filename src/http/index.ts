export { configureHttp } from './configure-http.js';
export { createHttpAdapter } from './http-adapter.js';
export { HttpModule } from './http.module.js';
export { Readiness } from './health/readiness.js';
