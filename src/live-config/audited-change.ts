import { changedPaths, type ConfigService, splitPath, valueAt } from '#config';
import type { Change } from '#permissions';
import type { EditPlan } from './config-edit.js';

/** What the audit log is told of a change: the values at the paths that changed, secrets masked. */
export function auditedChange(
  current: ConfigService,
  next: ConfigService,
  { named, shadowed, newSecrets, oldSecrets }: EditPlan,
): Omit<Change<unknown>, 'result' | 'events'> {
  const [before, after] = [current.masked(), next.masked()];
  const paths = new Set([...changedPaths(before, after), ...newSecrets.keys(), ...oldSecrets]);
  return {
    action: 'config.change',
    target: { type: 'config' },
    before: valuesAt(before, paths),
    after: valuesAt(after, paths),
    details: { named, shadowed, sealed: [...newSecrets.keys()], unsealed: oldSecrets },
  };
}

function valuesAt(config: object, paths: Iterable<string>): Record<string, unknown> {
  return Object.fromEntries([...paths].map((path) => [path, valueAt(config, splitPath(path)) ?? null]));
}
