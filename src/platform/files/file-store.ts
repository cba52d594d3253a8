import { createHash } from 'node:crypto';
import { createReadStream, type ReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { MultipartFile } from '@fastify/multipart';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Clock } from '../clock/clock.js';
import { Config } from '../config/config.js';
import { Refusal } from '../errors/refusal.js';
import { isUuid, newId } from '../pure/ids.js';
import { ContentScan } from './content-scan.js';
import { isContentType, pdfProblem, safeName, type ContentType } from './content.rules.js';
import { intoNewFile } from './into-new-file.js';
import { hiddenProblem } from './pdf-objects.js';

export const LARGEST_FILE = 10 * 1024 * 1024;
/** What surrounds the one file of a form. */
const LARGEST_FORM = LARGEST_FILE + 16 * 1024;
/** A photograph of today's telephones; what unpacks to more is refused before it is unpacked. */
const MOST_PIXELS = 50_000_000;
const LONGEST_SIDE = 3000;
/** Whatever nobody refers to is left alone this long, since somebody may be in the middle of it. */
const ORPHAN_MS = 60 * 60_000;

const WRONG_TYPE = 'Send a PDF, or a picture as JPEG or PNG. Save other documents as PDF first.';
const UNREADABLE = 'The upload arrived broken. Send the file again, as a form with one part called "file".';

/** A file on disk that nothing refers to yet. */
export interface Received {
  path: string;
  name: string;
  contentType: ContentType;
  bytes: number;
  sha256: string;
}

/** A file out of a form that is being read already, because more than the file is in it. */
export interface GivenFile {
  name: string;
  /** Cut off no earlier than just behind the most that a file may have. */
  bytes: Readable;
}

/**
 * Files people sent, in DATA_DIR and under no web root, each under a random id. The name, the type and the size it was sent
 * with are believed of nothing: types go by content, pictures are drawn again without what surrounded them.
 */
@Injectable()
export class FileStore {
  /** Pictures and PDFs are unpacked one after the other, so that many at once need no more memory than one. */
  private unpacking: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** Reads the one file of a form to disk, at no more memory than a chunk. Whatever is refused or breaks off leaves nothing. */
  async receive(schemeId: string, request: FastifyRequest): Promise<Received> {
    if (!request.isMultipart()) throw Refusal.of(415, 'unsupported-media-type', UNREADABLE);
    if (Number(request.headers['content-length'] ?? 0) > LARGEST_FORM) throw tooLarge();
    const path = join(await this.folder(schemeId, 'incoming'), newId());
    try {
      return await this.accepted(path, await readOne(request, path));
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
  }

  /** The same of a file that comes with answers beside it; one that is too large is said beside its field. */
  async receiveGiven(schemeId: string, given: GivenFile): Promise<Received> {
    const path = join(await this.folder(schemeId, 'incoming'), newId());
    try {
      const scan = new ContentScan();
      await intoNewFile(path, (file) => pipeline(given.bytes, scan, file));
      if (scan.seen().bytes > LARGEST_FILE) throw Refusal.invalidField('file', TOO_LARGE);
      return await this.accepted(path, { scan, given: given.name });
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
  }

  /** Gives a received file its place. The caller refers to it in the transaction that follows, or takes it away. */
  async keep(schemeId: string, { path }: Received): Promise<string> {
    const id = newId();
    await rename(path, join(await this.folder(schemeId, 'kept'), id));
    return id;
  }

  async discard({ path }: Received): Promise<void> {
    await rm(path, { force: true });
  }

  open(schemeId: string, id: string): ReadStream {
    return createReadStream(join(this.root(schemeId), 'kept', id));
  }

  async remove(schemeId: string, id: string): Promise<void> {
    await rm(join(this.root(schemeId), 'kept', id), { force: true });
  }

  /** Takes away what a killed process or a failed transaction left behind. `isKept` says which ids are referred to. */
  async sweep(schemeId: string, isKept: (ids: string[]) => Promise<Set<string>>): Promise<number> {
    const before = this.clock.now().getTime() - ORPHAN_MS;
    let swept = 0;
    for (const part of ['incoming', 'kept'] as const) {
      const folder = await this.folder(schemeId, part);
      const old: string[] = [];
      for (const name of await readdir(folder)) {
        const found = await stat(join(folder, name)).catch(() => null);
        if (found && isUuid(name) && found.mtimeMs < before) old.push(name);
      }
      const kept = part === 'kept' && old.length > 0 ? await isKept(old) : new Set<string>();
      for (const name of old.filter((one) => !kept.has(one))) {
        await rm(join(folder, name), { force: true });
        swept += 1;
      }
    }
    return swept;
  }

  private root(schemeId: string): string {
    return join(this.config.dataDir, 'files', schemeId);
  }

  private async folder(schemeId: string, part: 'incoming' | 'kept'): Promise<string> {
    const folder = join(this.root(schemeId), part);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return folder;
  }

  private async accepted(path: string, { scan, given }: Read): Promise<Received> {
    const seen = scan.seen();
    if (seen.bytes === 0) throw Refusal.invalidField('file', 'This file is empty. Choose another one.');
    const { fileTypeFromBuffer } = await import('file-type');
    const type = (await fileTypeFromBuffer(seen.head))?.mime;
    if (!isContentType(type)) throw Refusal.invalidField('file', WRONG_TYPE);
    const name = safeName(given, type);
    if (type === 'application/pdf') {
      const problem =
        pdfProblem(seen) ?? (await this.inTurn(async () => hiddenProblem(await readFile(path))));
      if (problem !== null) throw Refusal.invalidField('file', problem);
      return { path, name, contentType: type, bytes: seen.bytes, sha256: scan.sha256() };
    }
    return { path, name, contentType: type, ...(await this.inTurn(() => redraw(path, type))) };
  }

  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.unpacking.then(work);
    this.unpacking = turn.catch(() => undefined);
    return turn;
  }
}

const TOO_LARGE = `Files may have up to ${String(LARGEST_FILE / 1024 / 1024)} MB.`;
const tooLarge = () => Refusal.of(413, 'too-large', TOO_LARGE);

interface Read {
  scan: ContentScan;
  given: string | undefined;
}

async function readOne(request: FastifyRequest, path: string): Promise<Read> {
  let read: Read | null = null;
  try {
    const limits = {
      fileSize: LARGEST_FILE,
      files: 2,
      fields: 2,
      parts: 3,
      headerPairs: 20,
      fieldSize: 1000,
    };
    for await (const part of request.parts({ limits })) {
      if (part.type !== 'file' || part.fieldname !== 'file' || read !== null) {
        throw Refusal.invalidField('file', 'Send one part called "file" and nothing else');
      }
      read = await write(part, path);
    }
  } catch (error) {
    throw isOurs(error) ? error : Refusal.malformed(UNREADABLE);
  }
  if (read === null) throw Refusal.invalidField('file', 'Choose a file');
  return read;
}

async function write(part: MultipartFile, path: string): Promise<Read> {
  const scan = new ContentScan();
  await intoNewFile(path, (file) => pipeline(part.file, scan, file));
  if (part.file.truncated) throw tooLarge();
  return { scan, given: part.filename };
}

/** A refusal, or a fault of this computer such as a full disk; everything else is what was sent. */
const isOurs = (error: unknown): boolean =>
  error instanceof Refusal || (error instanceof Error && 'syscall' in error && 'path' in error);

/** Loaded at the first picture: it takes 30 MB. They come one at a time and from everywhere: nothing is kept for the next. */
async function painter() {
  const { default: sharp } = await import('sharp');
  sharp.cache(false);
  sharp.concurrency(1);
  return sharp;
}

/** Draws a picture again at the same place: what surrounded its pixels (where, when, with which camera, by whom) is gone. */
async function redraw(path: string, type: ContentType): Promise<{ bytes: number; sha256: string }> {
  const drawn = join(dirname(path), newId());
  try {
    const sharp = await painter();
    const picture = sharp(path, {
      limitInputPixels: MOST_PIXELS,
      failOn: 'error',
      sequentialRead: true,
      animated: false,
    })
      .autoOrient()
      .resize({ width: LONGEST_SIDE, height: LONGEST_SIDE, fit: 'inside', withoutEnlargement: true });
    await (type === 'image/png' ? picture.png() : picture.jpeg({ quality: 85 })).toFile(drawn);
    const hash = createHash('sha256');
    await pipeline(createReadStream(drawn), hash);
    const { size } = await stat(drawn);
    if (size > LARGEST_FILE) throw tooLarge();
    await rename(drawn, path);
    return { bytes: size, sha256: hash.digest('hex') };
  } catch (error) {
    await rm(drawn, { force: true });
    if (isOurs(error)) throw error;
    throw Refusal.invalidField(
      'file',
      'This picture cannot be read, or is far too large. Save it again as JPEG.',
    );
  }
}
