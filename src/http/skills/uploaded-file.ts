import type { FastifyRequest } from 'fastify';
import { HttpError } from '../http.errors.js';

const FIELD = 'file';

/** The file of a multipart form, in memory. @throws HttpError; Fastify's error for one that is too large */
export async function uploadedFile(request: FastifyRequest): Promise<Buffer> {
  const file = await request.file();
  if (file?.fieldname === FIELD) return file.toBuffer();
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
