export const ACT_KINDS = ['click', 'type', 'press', 'hover', 'wait', 'evaluate'] as const;
export type ActKind = (typeof ACT_KINDS)[number];

export const MOUSE_BUTTONS = ['left', 'right', 'middle'] as const;
export type MouseButton = (typeof MOUSE_BUTTONS)[number];

/** One thing to do on a page. Which fields count is said by the kind. */
export interface ActRequest {
  readonly kind: ActKind;
  readonly ref?: string;
  readonly text?: string;
  readonly key?: string;
  /** Press Enter after typing. */
  readonly submit?: boolean;
  /** Key by key, for pages that listen to each. */
  readonly slowly?: boolean;
  readonly doubleClick?: boolean;
  readonly button?: MouseButton;
  /** JavaScript: an expression, a function, or statements with `return`. */
  readonly fn?: string;
  readonly timeMs?: number;
  readonly textGone?: string;
  readonly url?: string;
}
