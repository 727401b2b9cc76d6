/** The configuration, or the part of it that is to change. */
export class ConfigEditDto {
  /** JSON5 text. Instead of it, the sections themselves can stand in the body. */
  raw?: string;

  /** The hash that was read; if the configuration has another one by now, the change is refused (412). `If-Match` does the same. */
  baseHash?: string;

  [section: string]: unknown;
}

export class ConfigProblemDto {
  /** Dotted path; empty for the file as a whole. */
  path!: string;

  message!: string;
}

export class ConfigDto {
  /** In the shape of the configuration file; secrets that are set are `***`. */
  config!: Record<string, unknown>;

  /** 16 hex digits; also the ETag. */
  hash!: string;

  /** The configuration file of the gateway that answers. */
  path!: string;

  /** Dotted paths whose new values take effect at the next start. */
  restartRequired!: string[];

  /** Why what is written down is not in effect; empty: it is. */
  problems!: ConfigProblemDto[];
}

export class ConfigChangeDto {
  ok!: true;

  /** The configuration file of the gateway that answers. */
  path!: string;

  /** What is configured now; secrets that are set are `***`. */
  config!: Record<string, unknown>;

  /** 16 hex digits; also the ETag. */
  hash!: string;

  /** Whether something of the change takes effect at the next start only. */
  restart!: boolean;

  /** Dotted paths that are in effect already. */
  applied!: string[];

  /** Dotted paths that take effect at the next start. */
  restartRequired!: string[];

  /** Dotted paths where a variable of the environment has the last word. */
  shadowed!: string[];
}

/** A JSON Schema, draft 2020-12. */
export class ConfigSchemaDto {
  $schema!: string;
  type!: string;
  /** The sections, by name. */
  properties!: Record<string, unknown>;
}
