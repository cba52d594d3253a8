import { Readable } from 'node:stream';
import type { Multipart, MultipartFile } from '@fastify/multipart';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { Refusal } from '../errors/refusal.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    uploads?: boolean;
  }
}

/** Marks the routes that take a file; every other route refuses a form with files as it refuses any other form. */
export const TakesUpload = () => RouteConfig({ uploads: true });

const MULTIPART = /^\s*multipart\//i;

const isMultipart = (request: FastifyRequest): boolean =>
  MULTIPART.test(request.headers['content-type'] ?? '');

export const isUnwantedUpload = (request: FastifyRequest): boolean =>
  isMultipart(request) && request.routeOptions.config.uploads !== true;

/** A form with a file, at a route that takes one: its fields are not read yet. */
export const isUpload = (request: FastifyRequest): boolean =>
  isMultipart(request) && request.routeOptions.config.uploads === true;

export interface FormFile {
  name: string;
  /** What was typed beside it, and stood before it. */
  fields: Readonly<Record<string, string>>;
  /** Breaks with a refusal where the form does, or where another file follows. */
  bytes: Readable;
}

/**
 * The one file of a form, called "file"; null where none was sent. One longer than `most` bytes is cut off just behind that,
 * for whoever reads it to refuse.
 */
export async function fileOf(request: FastifyRequest, most: number): Promise<FormFile | null> {
  const parts = asRefusals(request.parts({ limits: { fileSize: most + 1 } }));
  for await (const part of keptOpen(parts)) {
    if (part.type !== 'file') continue;
    const bytes = Readable.from(wholeFile(part, parts), { objectMode: false });
    // Whoever does not read it to its end has said why.
    bytes.on('error', () => undefined);
    if (part.fieldname !== 'file') {
      bytes.resume();
      throw Refusal.invalidField('file', ONE_FILE);
    }
    return { name: part.filename, fields: typedIn(part), bytes };
  }
  return null;
}

const ONE_FILE = 'Send one file, called "file"';

/** The rest of the form can be read on once it is left. */
const keptOpen = <Item>(items: AsyncGenerator<Item>): AsyncIterable<Item> => ({
  [Symbol.asyncIterator]: () => ({ next: () => items.next() }),
});

async function* asRefusals(parts: AsyncIterable<Multipart>): AsyncGenerator<Multipart> {
  try {
    yield* parts;
  } catch (error) {
    throw error instanceof Refusal ? error : Refusal.malformed(BROKEN);
  }
}

const BROKEN = 'The upload arrived broken. Send the file again, in a form with one part called "file".';

async function* wholeFile({ file }: MultipartFile, others: AsyncIterable<Multipart>): AsyncGenerator<Buffer> {
  try {
    yield* file.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  } catch {
    throw Refusal.malformed(BROKEN);
  } finally {
    // What is left of it must go somewhere, so that the answer is waited for.
    file.resume();
  }
  for await (const other of others) {
    if (other.type !== 'file') continue;
    other.file.resume();
    throw Refusal.invalidField('file', ONE_FILE);
  }
}

const typedIn = ({ fields }: MultipartFile): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) =>
      field && !Array.isArray(field) && field.type === 'field' && typeof field.value === 'string'
        ? [[name, field.value] as const]
        : [],
    ),
  );
