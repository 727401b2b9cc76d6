/** What became of a change of the configuration. */
export interface ConfigChange {
  ok: true;
  /** The file of this gateway. */
  path: string;
  /** What is configured now, secrets masked as `***`. */
  config: Record<string, unknown>;
  /** Of that; pass it as `baseHash` of the next change. 16 hex digits. */
  hash: string;
  /** Whether something of the change takes effect at the next start only. */
  restart: boolean;
  /** Dotted paths that are in effect already. */
  applied: readonly string[];
  /** Dotted paths that take effect at the next start. */
  restartRequired: readonly string[];
  /** Dotted paths where a variable of the environment has the last word. */
  shadowed: readonly string[];
}

export interface ConfigApplyParams {
  /** The whole configuration, as JSON5. Secrets that are not named stay; `***` is one that stays, `null` one that goes. */
  raw: string;
  /** The hash that was read; another one by now: `FAILED_PRECONDITION`, with the hash in `details`. */
  baseHash?: string;
}

/** The changes as JSON5 in `raw`, or the sections themselves: `{"tools": {"rate_limit_per_hour": 10}}`. */
export interface ConfigPatchParams {
  raw?: string;
  baseHash?: string;
  [section: string]: unknown;
}

/** The configuration over the wire. */
export interface ConfigMethods {
  /** The configuration in the shape of its file, secrets masked. */
  'config.get': {
    params: undefined;
    result: {
      config: Record<string, unknown>;
      hash: string;
      path: string;
      /** Dotted paths whose new values take effect at the next start. */
      restartRequired: readonly string[];
      /** Why what is written down is not in effect; empty: it is. */
      problems: readonly { path: string; message: string }[];
    };
  };
  /** Makes a document the whole configuration. */
  'config.apply': { params: ConfigApplyParams; result: ConfigChange };
  /** Changes what a document names; `null` is the default again. */
  'config.patch': { params: ConfigPatchParams; result: ConfigChange };
  /** The JSON Schema (draft 2020-12) of the configuration. */
  'config.schema': { params: undefined; result: { json: Record<string, unknown> } };
}
