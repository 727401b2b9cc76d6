export { type CliOptions, type FinishedCli, type RunningCli, runCli, startCli } from './run-program.js';
export { TcpProxy } from './tcp-proxy.js';
