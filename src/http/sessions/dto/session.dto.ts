import { IsOptional } from 'class-validator';
import { IsText } from '../../rest/is-text.js';

const LABEL_MAX_CHARS = 500;
const MODEL_MAX_CHARS = 200;

/** A conversation of one owner. */
export class SessionDto {
  id!: string;
  /** As chat clients name it; unique for its owner. */
  session_key!: string;
  agent_id!: string;
  agent_key!: string;
  /** The owner. */
  user_id!: string;
  tenant?: string;
  label?: string;
  /** Chosen for this conversation; wins over the agent’s. */
  model_override?: string;
  /** That answered last. */
  model?: string;
  provider?: string;
  channel?: string;
  /** What came before the part that the model sees, in short. */
  summary?: string;
  /** Since its last reset. */
  message_count!: number;
  input_tokens!: number;
  output_tokens!: number;
  compaction_count!: number;
  created_at!: string;
  updated_at!: string;
}

export class SessionListDto {
  /** Last changed first unless told. */
  sessions!: SessionDto[];
  total?: number;
  /** Pass as `after` for the next page. */
  next?: string;
}

export class SessionChangeDto {
  /** Empty or null: none. */
  @IsOptional()
  @IsText(LABEL_MAX_CHARS)
  label?: string | null;

  /** `model` or `provider/model`. Empty or null: the agent’s own again. */
  @IsOptional()
  @IsText(MODEL_MAX_CHARS)
  model?: string | null;
}

/** A conversation, and what was done to it. */
export class SessionDoneDto extends SessionDto {
  status!: 'reset' | 'deleted';
}

class SessionToolCallDto {
  id!: string;
  name!: string;
  arguments!: Record<string, unknown>;
}

export class SessionMessageDto {
  id!: string;
  /** Its place in the conversation. */
  seq!: number;
  role!: 'user' | 'assistant' | 'tool';
  /** Its text; images are marked. */
  content!: string;
  /** Estimated. */
  tokens!: number;
  tool_calls?: SessionToolCallDto[];
  /** Of a tool’s result: the call that it answers. */
  tool_call_id?: string;
  tool_name?: string;
  is_error?: boolean;
  run_id?: string;
  created_at!: string;
}

export class SessionMessagesDto {
  /** Oldest first. */
  messages!: SessionMessageDto[];
  /** There are more: pass it as `after`, or as `before` when you read backwards. */
  next?: number;
}
