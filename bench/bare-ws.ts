/** What P5 compares with: the ws package alone. Every call is answered as if it were a successful `connect`. */
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const server = createServer();
new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (ws) => {
  ws.on('message', (data: Buffer) => {
    const { id } = JSON.parse(data.toString()) as { id: number };
    ws.send(JSON.stringify({ type: 'res', id, ok: true, payload: { protocol: 3, role: 'admin' } }));
  });
});
server.listen(0, '127.0.0.1', 511, () => {
  const address = server.address();
  console.log(`listening on ws://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`);
});
