/** Bounds of an uploaded package. The whole of it is in memory while it is read. */
export const PACKAGE_MAX_BYTES = 20 * 1024 * 1024;

/** Of all files together, when they are unpacked. */
export const UNPACKED_MAX_BYTES = 100 * 1024 * 1024;

/** Of one file, when it is unpacked. */
export const FILE_MAX_BYTES = 50 * 1024 * 1024;

/** Unpacked bytes for each packed one, beyond the first MiB: texts seldom shrink to less than a fiftieth. */
export const RATIO_MAX = 100;
export const RATIO_FREE_BYTES = 1024 * 1024;

export const ENTRIES_MAX = 2_000;
export const PATH_MAX_CHARS = 400;
export const PATH_PARTS_MAX = 16;
/** Of one name in a path: file systems take no longer ones. */
export const NAME_MAX_BYTES = 255;

/** Longest SKILL.md: models read it. */
export const SKILL_TEXT_MAX_BYTES = 1024 * 1024;
