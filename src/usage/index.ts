export { type UsageFilter, UsageQuery } from './usage-query.js';
export { UsageModule } from './usage.module.js';
