import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export type SigningKey = Awaited<ReturnType<typeof newSigningKey>>;

export async function newSigningKey(kid: string, alg = 'ES256') {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' };
  const sign = (payload: JWTPayload, header: object = {}): Promise<string> =>
    new SignJWT(payload).setProtectedHeader({ alg, kid, ...header }).sign(privateKey);
  return { kid, jwk, sign };
}

/** The auth service of a company, as far as it publishes keys. */
export class JwksServer implements AsyncDisposable {
  keys: JWK[] = [];
  /** Answers with this instead, while it is set. */
  instead: ((send: (status: number, body: string) => void) => void) | undefined;
  reads = 0;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(...keys: JWK[]): Promise<JwksServer> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const made = new JwksServer(server, `http://127.0.0.1:${port}/jwks.json`);
    made.keys = keys;
    server.on('request', (_request, response) => {
      made.reads += 1;
      const send = (status: number, body: string): void => void response.writeHead(status).end(body);
      if (made.instead) made.instead(send);
      else send(200, JSON.stringify({ keys: made.keys }));
    });
    return made;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
