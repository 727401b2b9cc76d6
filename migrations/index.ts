import { Core1795305600000 } from './1795305600000-core.js';

/** Every migration, oldest first. Append-only: a landed migration is never edited. */
export const MIGRATIONS = [Core1795305600000];
