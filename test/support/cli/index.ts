export { runCli, startCli } from './run-program.js';
export { TcpProxy } from './tcp-proxy.js';
