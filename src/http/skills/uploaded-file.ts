import type { FastifyRequest } from 'fastify';
import { HttpError } from '../http.errors.js';

const FIELD = 'file';

/** The file of a multipart form, in memory. @throws HttpError; Fastify's error for one that is too large */
export async function uploadedFile(request: FastifyRequest): Promise<Buffer> {
  const file = await request.file();
  if (file?.fieldname === FIELD) {
    const whole = await file.toBuffer();
    // The parser notices only with the next piece that the limit was passed, and hands out the part before.
    if (file.file.truncated) throw new request.server.multipartErrors.RequestFileTooLargeError();
    return whole;
  }
  throw new HttpError('missing-parameter', `Send the package as the field ${FIELD} of a multipart form.`, {
    param: FIELD,
  });
}

/** @throws HttpError */
export function requireForm(request: FastifyRequest): void {
  if (request.isMultipart()) return;
  throw new HttpError('invalid-parameter', 'Send the package as multipart/form-data, in the field file.', {
    param: FIELD,
  });
}
