/** How to renew tokens, and where they may be sent: everything that is needed without asking again. */
export interface KeptTokens {
  /** Origin of the server that they are for: an admin may have moved it since. */
  readonly origin: string;
  readonly access: string;
  readonly refresh?: string;
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly authMethods?: readonly string[];
  /** Where the authorization server is told that they are not used any more. */
  readonly revocation?: { readonly endpoint: string; readonly authMethods?: readonly string[] };
  readonly client: KeptClient;
  readonly resource?: string;
}

/** What the gateway is at an authorization server. */
export interface KeptClient {
  readonly client_id: string;
  readonly client_secret?: string;
  readonly token_endpoint_auth_method?: string;
  /** The authorization server that it is for, and nobody else. */
  readonly issuer: string;
  /** Absent: an admin registered it. */
  readonly redirect_uri?: string;
  readonly scope?: string;
}

/** A user on his way through an authorization server. */
export interface KeptFlow extends Omit<KeptTokens, 'access' | 'refresh'> {
  readonly verifier: string;
  readonly redirectUri: string;
}
