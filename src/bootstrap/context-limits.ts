export const FILE_MAX_CHARS = 20_000;
export const TOTAL_MAX_CHARS = 24_000;
/** When less than this is left of the total, no further file is begun. */
export const ROOM_MIN_CHARS = 64;

/** How much of the context files a prompt takes, in UTF-16 units. 0 is the default. */
export interface ContextLimits {
  readonly fileMaxChars: number;
  readonly totalMaxChars: number;
}
