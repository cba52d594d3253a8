import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Injectable } from '@nestjs/common';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { Config } from '../platform/config/config.js';
import { type FieldProblem, Refusal } from '../platform/errors/refusal.js';
import { intoNewFile } from '../platform/files/into-new-file.js';
import { currentClaim } from '../platform/http/request-context.js';
import { newId } from '../platform/pure/ids.js';
import { baseOf } from './feed-reader.js';
import type { ImportFileQuery } from './batch.dto.js';
import { BatchesService } from './batches.service.js';
import { MOST_COLUMNS } from './headings.rules.js';
import { isKnown, rowsOf } from './import.file.js';
import { kindCalled } from './kinds/all.js';
import { openReferral } from './kinds/groups.import.js';
import { KIND_NEEDS, kindsFor } from './batch.types.js';
import type { Encoding, GroupKind } from './import.types.js';
import { Outgoing, OutgoingFault } from '../platform/outgoing/outgoing.js';

export const MOST_BYTES = 50_000_000;

/** What managers bring: a file, or the address of a feed. */
@Injectable()
export class ImportUploads {
  private readonly folder: string;

  constructor(
    config: Config,
    private readonly batches: BatchesService,
    private readonly outgoing: Outgoing,
  ) {
    this.folder = join(config.dataDir, 'imports');
  }

  feed(actor: Actor, address: string): Promise<string> {
    reachFor(actor, KIND_NEEDS['open-referral']);
    const base = baseOf(this.checked(address));
    return this.batches.begin(actor, {
      kind: 'open-referral',
      source: `open-referral:${base}`,
      address: base,
    });
  }

  /** Reads the file to its end before anything of it is written, and keeps it no longer than that. */
  async file(actor: Actor, query: ImportFileQuery, body: unknown): Promise<string> {
    reachFor(actor, 'import.make');
    const kind = kindCalled(query.kind);
    if (!kind || !kindsFor(actor).includes(kind.name))
      throw Refusal.invalidField('kind', 'Choose a kind of file');
    if (query.source !== undefined && kind !== openReferral)
      throw Refusal.invalidField('source', 'Leave this out: the kind of file says where it comes from');
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const file = join(this.folder, newId());
    try {
      await received(body, file, MOST_BYTES);
      const source = query.source
        ? `open-referral:${query.source}`
        : [kind.source, ...(kind.apart === true ? [newId()] : [])].join(' ');
      const { encoding, rows } = await kind.open(file, source);
      const batch = { kind: kind.name, source, fileName: query.name ?? null, encoding };
      const headings = query.sayColumns === true ? await headingsToSay(kind, file, encoding) : null;
      if (headings !== null) {
        return await this.batches.upload(actor, batch, headings, rowsOf(EVERY_COLUMN, file, encoding));
      }
      const id = await this.batches.begin(actor, batch);
      // The same request again: its import is there already.
      if (currentClaim()?.replayed !== true) await this.fill(actor, id, rows());
      return id;
    } finally {
      await rm(file, { force: true });
    }
  }

  private async fill(actor: Actor, id: string, rows: Parameters<BatchesService['fill']>[2]): Promise<void> {
    try {
      await this.batches.fill(actor, id, rows);
    } catch (error) {
      const problems = error instanceof Refusal ? ((error.extra['errors'] ?? []) as FieldProblem[]) : [];
      await this.batches.fail(
        actor,
        id,
        problems[0]?.message ?? 'Something went wrong. Nothing was written.',
      );
      throw error;
    }
  }

  private checked(address: string): URL {
    try {
      return this.outgoing.check(address);
    } catch (error) {
      if (error instanceof OutgoingFault) throw Refusal.invalidField('address', error.message);
      throw error;
    }
  }
}

const EVERY_COLUMN = { format: 'csv', columns: [] } as const;

/** The headings of a sheet that cannot be read before somebody says what its columns are; null of any other. */
async function headingsToSay(
  { sheet }: GroupKind,
  file: string,
  encoding: Encoding,
): Promise<string[] | null> {
  if (sheet === null || (await isKnown(sheet, file, encoding))) return null;
  for await (const { cells } of rowsOf(EVERY_COLUMN, file, encoding)) {
    const headings = Object.keys(cells).filter((heading) => heading !== '');
    if (headings.length > MOST_COLUMNS)
      throw Refusal.invalidField('file', `Use ${String(MOST_COLUMNS)} columns or fewer`);
    return headings.length > 1 ? headings : null;
  }
  return null;
}

/** Puts a body that is a file onto the disk; a longer one is refused as it arrives. */
export async function received(body: unknown, path: string, most: number): Promise<void> {
  // Without a body there is none to read.
  const source = body instanceof Readable ? body : Readable.from([]);
  let size = 0;
  const counted = async function* (chunks: AsyncIterable<Buffer | string>) {
    for await (const chunk of chunks) {
      size += Buffer.byteLength(chunk);
      if (size > most) {
        throw Refusal.of(413, 'too-large', `Send at most ${String(most / 1_000_000)} MB at once.`);
      }
      yield chunk;
    }
  };
  await intoNewFile(path, (file) => pipeline(source, counted, file));
  if (size === 0) throw Refusal.invalidField('file', 'The file is empty');
}
