import type { ValueTransformer } from 'typeorm';

/** `bigint` columns that never leave the range of a double, as numbers. */
export const asNumber: ValueTransformer = {
  to: (value: number | undefined) => value,
  from: (value: string | null) => (value === null ? null : Number(value)),
};
