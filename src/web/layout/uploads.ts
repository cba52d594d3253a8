import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { isUpload } from '../../platform/files/uploads.js';
import { FORM_TOKEN } from '../../platform/http/form-token.js';
import { checkFormToken } from './form-tokens.js';

export interface SentFile {
  name: string;
  bytes: Readable;
}

/**
 * The file of a form, with what was typed beside it as the body, checked to be from a form of ours. Fields must stand before
 * the file. Null where none was sent. A file longer than `most` bytes is cut off just behind that, for whoever reads it to refuse.
 */
export async function sentFile(request: FastifyRequest, most: number): Promise<SentFile | null> {
  if (!isUpload(request)) return null;
  const part = await request.file({ limits: { fileSize: most + 1 } });
  const typed = Object.entries(part?.fields ?? {}).flatMap(([name, field]) =>
    field && !Array.isArray(field) && field.type === 'field' && typeof field.value === 'string'
      ? [[name, field.value] as const]
      : [],
  );
  request.body = Object.fromEntries(typed);
  checkFormToken(request, (request.body as Record<string, unknown>)[FORM_TOKEN]);
  return part ? { name: part.filename, bytes: part.file } : null;
}
