/** A page of a conversation's browser. */
export interface BrowserPage {
  /** Names the page in other calls, within the conversation. */
  targetId: string;
  url: string;
  title: string;
}

/** Whose pages: those of one conversation of the caller. Default: his conversation with the default agent. */
export interface BrowserParams {
  agentId?: string;
  sessionKey?: string;
}

/** Which page. Default: the one that was used last. */
export interface BrowserPageParams extends BrowserParams {
  targetId?: string;
  /** Milliseconds until it is given up, at most 45,000. */
  timeoutMs?: number;
}

/** What happened besides: dialogs, refused connections, closed pages. */
export interface BrowserNotes {
  notes: readonly string[];
}

/** One thing to do on a page; refs (`e5`) are those of its latest snapshot. */
export interface BrowserActRequest {
  kind: 'click' | 'type' | 'press' | 'hover' | 'wait' | 'evaluate';
  ref?: string;
  text?: string;
  key?: string;
  /** Press Enter after typing. */
  submit?: boolean;
  /** Type key by key. */
  slowly?: boolean;
  doubleClick?: boolean;
  button?: 'left' | 'right' | 'middle';
  /** JavaScript: an expression, a function, or statements with `return`. */
  fn?: string;
  timeMs?: number;
  textGone?: string;
  url?: string;
}

type Method<P, R> = { params: P; result: R };

/** The browser that the caller's conversations have, on the gateway that is asked. */
export interface BrowserMethods {
  /** Whether there is a browser, and the pages that a conversation has open. */
  'browser.status': Method<
    BrowserParams,
    { enabled: boolean; running: boolean; tabs: readonly BrowserPage[] }
  >;
  /** Opens an address: in a new page, or in the one that is named. */
  'browser.open': Method<
    BrowserPageParams & { url: string },
    BrowserPage & BrowserNotes & { status?: number }
  >;
  /** Closes a page; without `targetId` all pages, with what they stored. */
  'browser.close': Method<BrowserParams & { targetId?: string }, { ok: true; closed: boolean }>;
  /** Clicks, types, presses, hovers, waits, or runs a script. */
  'browser.act': Method<
    BrowserPageParams & { request: BrowserActRequest },
    BrowserNotes & { ok: true; text: string }
  >;
  /** The page as text, with refs for what can be used. */
  'browser.snapshot': Method<
    BrowserPageParams & { maxChars?: number; interactive?: boolean; compact?: boolean; depth?: number },
    BrowserPage & BrowserNotes & { text: string; stats: string }
  >;
  /** The page as a picture: base64 of a JPEG. */
  'browser.screenshot': Method<
    BrowserPageParams & { fullPage?: boolean },
    BrowserPage & BrowserNotes & { mimeType: string; data: string; isCut: boolean }
  >;
}
