export { configureGateway } from './configure-gateway.js';
export { GatewayModule } from './gateway.module.js';
export { SocketServer } from './socket-server.js';
