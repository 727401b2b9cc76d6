import { STOP_SEQUENCES_MAX } from '../http.limits.js';
import { type BodyReader, invalid } from './body-reader.js';

/** Texts at which the model stops: one, or a few. @throws HttpError */
export function readStop(body: BodyReader): readonly string[] | undefined {
  const value = body.raw('stop');
  if (value === undefined) return undefined;
  const list: unknown[] = [value].flat();
  const texts = list.filter((text) => typeof text === 'string' && text !== '');
  if (texts.length === list.length && texts.length <= STOP_SEQUENCES_MAX) return texts as string[];
  throw invalid(body.at('stop'), `must be a string or an array of up to ${STOP_SEQUENCES_MAX} strings`);
}
