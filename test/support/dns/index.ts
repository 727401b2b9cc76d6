export { DnsServer } from './dns-server.js';
