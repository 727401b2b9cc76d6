import { IsOptional, IsUrl, MaxLength } from 'class-validator';
import { IsText } from '../../rest/is-text.js';

const ID_MAX = 2_000;
const SECRET_MAX = 8_000;
const SCOPE_MAX = 2_000;
const HTTP_URL = { protocols: ['http', 'https'], require_protocol: true, require_tld: false };

/** A client that an admin registered at the authorization server of an MCP server. */
export class McpOAuthClientInputDto {
  @IsText(ID_MAX, 1)
  client_id!: string;

  /** Stored sealed and shown as `***`; `***` keeps it. Absent: a public client. */
  @IsOptional()
  @IsText(SECRET_MAX)
  client_secret?: string | null;

  /** Its issuer. The secret is sent to nobody else. */
  @IsUrl(HTTP_URL)
  @MaxLength(ID_MAX)
  authorization_server!: string;

  /** What users are asked to allow; absent: what the MCP server asks for. */
  @IsOptional()
  @IsText(SCOPE_MAX)
  scope?: string | null;
}

export class McpOAuthClientDto {
  client_id!: string;
  /** `***` when one is stored. */
  client_secret?: string;
  authorization_server!: string;
  scope?: string;
  /** Whether an admin registered it; else the gateway did. */
  manual!: boolean;
}

export class McpAuthorizationDto {
  /** To be opened in the user's browser. */
  authorization_url!: string;
  expires_at!: string;
}

export class McpTokenDto {
  connected!: true;
  scope!: string;
  /** Absent: the authorization server does not say. It is renewed before. */
  expires_at?: string;
  updated_at!: string;
}

export class McpSignedOutDto {
  connected!: false;
  /** Whether the authorization server says that the tokens are void now; else they run out there by themselves. */
  revoked!: boolean;
}

export class McpClientRemovedDto {
  status!: 'deleted';
}
