/** What one conversation has used. */
export class UsageRecordDto {
  session_id!: string;
  session_key!: string;
  agent_id!: string;
  agent_key!: string;
  user_id!: string;
  tenant?: string;
  /** That answered last. */
  model?: string;
  provider?: string;
  input_tokens!: number;
  output_tokens!: number;
  total_tokens!: number;
  updated_at!: string;
}

export class UsageListDto {
  /** Last changed first unless told. */
  records!: UsageRecordDto[];
  total?: number;
  /** Pass as `after` for the next page. */
  next?: string;
}

class UsageGroupDto {
  /** The agent’s key, the user’s id, the tenant, the day (UTC), the model or the provider; empty: none. */
  key!: string;
  input_tokens!: number;
  output_tokens!: number;
  total_tokens!: number;
  /** Runs; calls of models, where it is grouped by model or provider. */
  count!: number;
}

export class UsageSummaryDto {
  group_by!: 'agent' | 'user' | 'tenant' | 'day' | 'model' | 'provider';
  /** The largest first, days the latest first; a thousand at most. */
  groups!: UsageGroupDto[];
}
