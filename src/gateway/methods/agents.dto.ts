import { IsInt, IsOptional, IsUUID, Max, Min } from 'class-validator';
import { IsLine } from '../text-param.decorator.js';

export const AGENT_ID_MAX_CHARS = 100;
export const SESSION_KEY_MAX_CHARS = 500;
const WAIT_DEFAULT_MS = 30_000;
const WAIT_MAX_MS = 600_000;

export class AgentParams {
  @IsOptional() @IsLine(AGENT_ID_MAX_CHARS) agentId?: string;
}

export class AgentIdentityParams extends AgentParams {
  @IsOptional() @IsLine(SESSION_KEY_MAX_CHARS) sessionKey?: string;
}

export class AgentWaitParams extends AgentParams {
  /** Waits for this run; absent: until the agent has nothing to do for the caller. */
  @IsOptional() @IsUUID() runId?: string;
  @IsInt() @Min(0) @Max(WAIT_MAX_MS) timeoutMs = WAIT_DEFAULT_MS;
}
