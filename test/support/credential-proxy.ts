import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An HTTP server that hands everything on with headers of its own: for clients that cannot be given a credential. */
export interface CredentialProxy extends AsyncDisposable {
  readonly url: string;
}

/** Hands on to `target`, and leaves every other header as it came, the `Host` too. */
export async function startCredentialProxy(
  target: string,
  added: Readonly<Record<string, string>>,
): Promise<CredentialProxy> {
  const { hostname, port } = new URL(target);
  const server = createServer((incoming, outgoing) => {
    const { method, url: path, headers } = incoming;
    const options = { hostname, port, method, path, headers: { ...headers, ...added } };
    const onward = request(options, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
