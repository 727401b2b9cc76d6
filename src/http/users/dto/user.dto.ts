export class UserDto {
  user_id!: string;
  /** Of ids `tenant.<tenant>.user.<user>`. */
  tenant?: string;
  first_seen_at!: string;
  last_seen_at!: string;
  /** Agents that he has talked to. */
  agent_count!: number;
  /** Conversations that are there. */
  sessions!: number;
  /** Tokens of these conversations. */
  input_tokens!: number;
  output_tokens!: number;
}

class UserAgentDto {
  agent_id!: string;
  agent_key!: string;
  first_seen_at!: string;
  last_seen_at!: string;
}

export class UserWithAgentsDto extends UserDto {
  agents!: UserAgentDto[];
}

export class UserListDto {
  /** Last seen first unless told. */
  users!: UserDto[];
  total?: number;
  /** Pass as `after` for the next page. */
  next?: string;
}

class OwnedObjectDto {
  kind!: 'agents' | 'skills';
  id!: string;
  name!: string;
}

export class ErasureDto {
  user_id!: string;
  /** Removed rows by table. */
  removed!: Record<string, number>;
  /** Directories with files of theirs that were removed; those on other replicas’ own disks are not among them. */
  workspaces!: number;
  /** What he owned, and others may use: deleted or transferred, as it was asked. */
  owned!: OwnedObjectDto[];
  status!: 'erased';
}
