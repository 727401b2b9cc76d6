/** What is shown of a secret that is set. */
export const MASK = '***';
