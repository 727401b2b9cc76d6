/** What a reading process is given. The HTML is whole: links in it are made absolute by `url`. */
export type PageJob =
  | { readonly kind: 'article'; readonly html: string; readonly url: string; readonly maxChars: number }
  | { readonly kind: 'results'; readonly html: string; readonly maxResults: number };

/** The part of a page that is read, as Markdown and as plain HTML. */
export interface Article {
  readonly title: string;
  readonly markdown: string;
  readonly html: string;
  /** Whether the part was told from what stands around it; else it is the whole page. */
  readonly isExtract: boolean;
}

/** One result of a page of DuckDuckGo, its link as it stands there. */
export interface ListedResult {
  readonly title: string;
  readonly link: string;
  readonly snippet: string;
}

/** What it answers. */
export type PageAnswer =
  | { readonly kind: 'article'; readonly article: Article }
  | { readonly kind: 'results'; readonly results: readonly ListedResult[] }
  | { readonly kind: 'failed'; readonly reason: string };
