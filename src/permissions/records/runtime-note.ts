/** Said of records that are validated and kept, while this version of the gateway does not run them yet. */
export const NO_RUNTIME = { runtime: 'not_available' } as const;
