/** What is looked for. */
export interface SearchRequest {
  readonly query: string;
  readonly count: number;
  /** Two letters, e.g. `DE`. */
  readonly country?: string;
  /** Language of the results, e.g. `de`. */
  readonly searchLang?: string;
  /** Language of what stands around them, e.g. `de-DE`. */
  readonly uiLang?: string;
  /** `pd`, `pw`, `pm`, `py`, or two days as `2026-01-01to2026-02-01`. */
  readonly freshness?: string;
}

export interface SearchResult {
  readonly title: string;
  readonly url: string;
  readonly description: string;
}

/** A search engine as it is configured now. */
export interface SearchEngine {
  readonly name: string;
  /** Results of a search that names no number. */
  readonly defaultCount: number;
  /** @throws ToolsError with why not, for the model. `user`: who asks, for what is shared fairly. */
  search(request: SearchRequest, user: string, signal: AbortSignal): Promise<readonly SearchResult[]>;
}
