export class ToolInvocationRequestDto {
  /** Name of the tool. */
  tool!: string;
  /** Put into the arguments as `action`. */
  action?: string;
  args?: Record<string, unknown>;
  /** Key of the agent whose tool it is; absent: that of the session, else the default one. */
  agentId?: string;
  /** The conversation in which it is called: its sandbox, its processes, its limits. */
  sessionKey?: string;
  /** Only say what would be called, and whether it may be. */
  dryRun?: boolean;
}

export class ToolInvocationMetadataDto {
  /** Its trace, as `GET /v1/traces/{id}` shows it. */
  traceId!: string;
  durationMs!: number;
}

export class ToolOutputDto {
  /** What a model would read. */
  output!: string;
  /** For a person; the same where the tool makes no difference. */
  forUser!: string;
  /** Pictures, as `data:` URLs. */
  images?: string[];
  metadata!: ToolInvocationMetadataDto;
}

export class ToolInvocationDto {
  result!: ToolOutputDto;
}
