import {
  type ConfigService,
  type ConfigSource,
  type Document,
  joinPath,
  leavesOf,
  patchTowards,
  secretsTakenBy,
  shadowedPaths,
  shapeOf,
  takeSecrets,
  withoutReservedKeys,
  withValueAt,
  splitPath,
} from '#config';
import { LiveConfigError } from './live-config.errors.js';

/** A change as somebody asks for it. */
export interface ConfigEdit {
  /** `apply`: the document is the whole configuration. `patch`: only what it names changes, `null` is the default. */
  readonly kind: 'apply' | 'patch';
  readonly document: Document;
  /** The hash of the configuration that it was made from; absent: whatever is there. */
  readonly baseHash?: string;
}

/** What is to be done for it. */
export interface EditPlan {
  /** What changes of what is written down, without secrets. */
  readonly patch: Document;
  readonly newSecrets: ReadonlyMap<string, string>;
  /** Paths of secrets that are to go, of those that are known. */
  readonly oldSecrets: readonly string[];
  /** Every path that is named, secrets too. */
  readonly named: readonly string[];
  /** Of those, where the environment has the last word. */
  readonly shadowed: readonly string[];
}

/**
 * @param current what the edit is to change
 * @param written what is written down of it
 * @param secretPaths the secrets that are kept apart from what is written down
 * @throws LiveConfigError `conflict` when the edit was made from another configuration; `before-database`
 */
export function planEdit(
  edit: ConfigEdit,
  current: ConfigService,
  source: ConfigSource,
  written: Document,
  secretPaths: Iterable<string> = [],
): EditPlan {
  requireBase(edit, current);
  const shape = shapeOf(source.sections);
  const { document, set, cleared } = takeSecrets(shape, edit.document);
  const known = takeSecrets(shape, withoutReservedKeys(written).config).document;
  const plain =
    edit.kind === 'patch'
      ? document
      : patchTowards(takeSecrets(shape, current.masked()).document, known, document);
  const patch = cleared.reduce((all, path) => withValueAt(all, splitPath(path), null), plain);
  const secrets = [...set].reduce((all, [path, value]) => withValueAt(all, splitPath(path), value), patch);
  const leaves = [...leavesOf(shape, secrets)];
  return {
    patch,
    newSecrets: set,
    oldSecrets: secretsTakenBy(patch, secretPaths).filter((path) => !set.has(path)),
    named: leaves.map(({ keys }) => joinPath(keys)),
    shadowed: shadowedPaths(source, leaves),
  };
}

function requireBase({ baseHash }: ConfigEdit, current: ConfigService): void {
  const hash = current.hash();
  if (baseHash === undefined || baseHash === hash) return;
  throw new LiveConfigError(
    'conflict',
    `The configuration was changed by somebody else: its hash is ${hash}, not ${baseHash}. Read it again, then change it.`,
    { details: { hash } },
  );
}
