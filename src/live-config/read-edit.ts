import { type Document, isDocument, isTooDeep, parseConfigText } from '#config';
import type { ConfigEdit } from './config-edit.js';
import { LiveConfigError } from './live-config.errors.js';

/** The document that somebody sent: JSON5 text, or an object. @throws ConfigError; LiveConfigError `not-a-document` */
export function documentOf(given: unknown, name: string): Document {
  if (typeof given === 'string') return parseConfigText(given, name);
  if (isDocument(given) && !isTooDeep(given)) return given;
  throw new LiveConfigError('not-a-document', `${name} must be a configuration: { … }`, {
    details: { param: name },
  });
}

/** A patch as clients send it: JSON5 in `raw`, or the sections themselves. `baseHash` beside them. */
export function readPatch(given: object): ConfigEdit {
  return { kind: 'patch', ...readEdit(given) };
}

/** The whole configuration in the same forms. */
export function readWhole(given: object): ConfigEdit {
  return { kind: 'apply', ...readEdit(given) };
}

function readEdit(given: object): Omit<ConfigEdit, 'kind'> {
  const { raw, baseHash, ...sections } = given as Record<string, unknown>;
  if (baseHash !== undefined && baseHash !== null && typeof baseHash !== 'string') {
    throw new LiveConfigError('not-a-document', 'baseHash must be the hash that was read: a text.', {
      details: { param: 'baseHash' },
    });
  }
  const isRaw = raw !== undefined && raw !== null;
  return {
    document: documentOf(isRaw ? raw : sections, isRaw ? 'raw' : 'params'),
    ...(typeof baseHash === 'string' && baseHash !== '' && { baseHash }),
  };
}
