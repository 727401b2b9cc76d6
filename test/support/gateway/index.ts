export { type GatewayOptions, type RunningGateway, startGateway } from './start-gateway.js';
export { HANGING_TOOL_GATEWAY } from './hanging-tool-program.js';
export { onSmallDisk, smallDiskLack } from './small-disk.js';
export { startWalledGateway, type WalledGateway } from './walled-gateway.js';
