import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

interface Grant {
  readonly client: string;
  readonly challenge: string;
  readonly redirectUri: string;
  readonly resource: string | null;
}

interface Registered {
  readonly redirect_uris: readonly string[];
}

/**
 * An OAuth 2.1 authorization server (RFC 6749, 7009, 7591, 7636, 8414, 8707): registers clients, demands PKCE, gives codes
 * out once, and renews tokens by refresh tokens that work once. Whoever comes to its authorization page is let in.
 */
export class AuthorizationServer implements AsyncDisposable {
  /** Access tokens that are good. */
  readonly tokens = new Set<string>();
  readonly registered = new Map<string, Registered>();
  /** What was asked of the token endpoint. */
  readonly asked: URLSearchParams[] = [];
  expiresInSec = 3_600;
  /** What it says that it is; absent: what it is. */
  issuer: string | undefined;
  /** What was asked of the revocation endpoint. */
  readonly revocations: URLSearchParams[] = [];
  registers = true;
  /** Where its metadata says that tokens are revoked; absent: nowhere. */
  revocationUrl: string | undefined;
  /** Plays the revocation endpoint in its place. */
  playRevocation: ((response: ServerResponse) => void) | undefined;
  secret: string | undefined;
  private readonly codes = new Map<string, Grant>();
  private readonly refreshTokens = new Set<string>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<AuthorizationServer> {
    const server = createServer();
    const made = new AuthorizationServer(server);
    server.on('request', (request, response) => void made.handle(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    made.revocationUrl = `${made.url}/revoke`;
    return made;
  }

  get url(): string {
    const address = this.server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', this.url);
    switch (`${request.method} ${url.pathname}`) {
      case 'GET /.well-known/oauth-authorization-server':
        return json(response, 200, this.metadata());
      case 'POST /register':
        return this.register(JSON.parse(await textOf(request)) as Registered, response);
      case 'GET /authorize':
        return this.authorize(url.searchParams, response);
      case 'POST /token':
        return this.token(new URLSearchParams(await textOf(request)), request, response);
      case 'POST /revoke':
        return this.revoke(new URLSearchParams(await textOf(request)), request, response);
      default:
        return json(response, 404, {});
    }
  }

  private metadata(): object {
    return {
      issuer: this.issuer ?? this.url,
      authorization_endpoint: `${this.url}/authorize`,
      token_endpoint: `${this.url}/token`,
      ...(this.registers && { registration_endpoint: `${this.url}/register` }),
      ...(this.revocationUrl !== undefined && { revocation_endpoint: this.revocationUrl }),
      response_types_supported: ['code'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['none', 'client_secret_post'],
    };
  }

  private register(client: Registered, response: ServerResponse): void {
    const id = `client-${randomUUID()}`;
    this.registered.set(id, client);
    json(response, 201, { ...client, client_id: id });
  }

  private authorize(query: URLSearchParams, response: ServerResponse): void {
    const text = (name: string): string => query.get(name) ?? '';
    const redirectUri = text('redirect_uri');
    const known = this.registered.get(text('client_id'));
    if (!known?.redirect_uris.includes(redirectUri) || text('code_challenge_method') !== 'S256')
      return json(response, 400, { error: 'invalid_request' });
    const code = randomUUID();
    const challenge = text('code_challenge');
    this.codes.set(code, {
      client: text('client_id'),
      challenge,
      redirectUri,
      resource: query.get('resource'),
    });
    const back = new URL(redirectUri);
    back.search = new URLSearchParams({ code, state: text('state'), iss: this.url }).toString();
    response.writeHead(302, { location: back.href }).end();
  }

  private token(form: URLSearchParams, request: IncomingMessage, response: ServerResponse): void {
    this.asked.push(form);
    if (!this.knows(form, request)) return json(response, 401, { error: 'invalid_client' });
    const isGood = form.get('grant_type') === 'refresh_token' ? this.takeRefresh(form) : this.takeCode(form);
    if (!isGood) return json(response, 400, { error: 'invalid_grant' });
    const [access, refresh] = [`access-${randomUUID()}`, `refresh-${randomUUID()}`];
    this.tokens.add(access);
    this.refreshTokens.add(refresh);
    const expires_in = this.expiresInSec;
    json(response, 200, {
      access_token: access,
      refresh_token: refresh,
      token_type: 'Bearer',
      expires_in,
      scope: 'tools',
    });
  }

  /** What it does not know is void, too. */
  private revoke(form: URLSearchParams, request: IncomingMessage, response: ServerResponse): void {
    this.revocations.push(form);
    if (this.playRevocation) return this.playRevocation(response);
    if (!this.knows(form, request)) return json(response, 401, { error: 'invalid_client' });
    const token = form.get('token') ?? '';
    this.tokens.delete(token);
    this.refreshTokens.delete(token);
    response.writeHead(200).end();
  }

  private knows(form: URLSearchParams, { headers }: IncomingMessage): boolean {
    if (this.secret === undefined) return this.registered.has(form.get('client_id') ?? '');
    return form.get('client_secret') === this.secret || headers.authorization !== undefined;
  }

  private takeRefresh(form: URLSearchParams): boolean {
    return this.refreshTokens.delete(form.get('refresh_token') ?? '');
  }

  private takeCode(form: URLSearchParams): boolean {
    const code = form.get('code') ?? '';
    const grant = this.codes.get(code);
    this.codes.delete(code);
    const proof = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    return (
      grant !== undefined &&
      grant.challenge === proof &&
      grant.client === form.get('client_id') &&
      grant.redirectUri === form.get('redirect_uri') &&
      grant.resource === form.get('resource')
    );
  }
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
