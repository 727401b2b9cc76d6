export { WebSite } from './web-site.js';
