export { type ReceivedWebRequest, type WebHandler, WebSite } from './web-site.js';
