export { type DnsAnswer, DnsServer } from './dns-server.js';
