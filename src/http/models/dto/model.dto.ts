/** An agent, as OpenAI's clients list models. */
export class ModelDto {
  /** `goclaw:` and the agent's key. @example 'goclaw:default' */
  id!: string;
  object!: 'model';
  /** When the agent was made; Unix time in seconds. */
  created!: number;
  owned_by!: string;
}

export class ModelListDto {
  object!: 'list';
  data!: ModelDto[];
}
