import type { FastifyRequest } from 'fastify';
import { fileOf, type FormFile, isUpload } from '../../platform/files/uploads.js';
import { FORM_TOKEN } from '../../platform/http/form-token.js';
import { checkFormToken } from './form-tokens.js';

/**
 * The file of a form, with what was typed beside it as the body, checked to be from a form of ours. Fields must stand before
 * the file. Null where none was sent.
 */
export async function sentFile(request: FastifyRequest, most: number): Promise<FormFile | null> {
  if (!isUpload(request)) return null;
  const file = await fileOf(request, most);
  request.body = { ...file?.fields };
  checkFormToken(request, file?.fields[FORM_TOKEN]);
  return file;
}
