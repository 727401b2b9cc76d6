export class TenantDto {
  tenant!: string;
  /** Users that were ever here. */
  users!: number;
  first_seen_at!: string;
  last_seen_at!: string;
  /** Conversations that are there. */
  sessions!: number;
  /** Tokens of these conversations. */
  input_tokens!: number;
  output_tokens!: number;
}

export class TenantListDto {
  /** Last seen first unless told. */
  tenants!: TenantDto[];
  total?: number;
  /** Pass as `after` for the next page. */
  next?: string;
}
