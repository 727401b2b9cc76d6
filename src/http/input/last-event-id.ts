import type { FastifyRequest } from 'fastify';
import { invalid } from './body-reader.js';
import { headerText } from './headers.js';

/** The last event of a stream that the client has read, when it reads on. @throws HttpError */
export function lastEventIdOf(request: FastifyRequest): number | undefined {
  const text = headerText(request, 'last-event-id');
  if (text === undefined) return undefined;
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number)) return number;
  throw invalid('Last-Event-ID', 'must be the id of an event of the stream that is read on');
}
