import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { newId } from '../platform/pure/ids.js';
import type { OutlinesInput } from './outline.dto.js';
import { OutlineFault, outlinesIn } from './outline.rules.js';
import { OutlinesQueries } from './outlines.queries.js';

export const MOST_OUTLINE_BYTES = 5_000_000;

@Injectable()
export class OutlinesService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly queries: OutlinesQueries,
  ) {}

  /** Puts the areas of a file in the place of all that were there. */
  async replace(actor: Actor, { source }: OutlinesInput, file: Readable): Promise<void> {
    reachFor(actor, 'outline.replace');
    const outlines = readOutlines(await readAll(file));
    await this.unitOfWork.run(actor, async (tx) => {
      // Two files at once would be mixed.
      await tx.one(sql`select 1 from scheme where id = ${tx.schemeId} for no key update`);
      await tx.run(sql`delete from map_outline where scheme_id = ${tx.schemeId}`);
      await tx.run(sql`
        insert into map_outline (scheme_id, id, name, rings, source, created_at)
        select ${tx.schemeId}, given.id, given.name, given.rings, ${source}, ${tx.now}
        from unnest(${outlines.map(() => newId())}::uuid[], ${outlines.map(({ name }) => name)}::text[],
          ${outlines.map(({ rings }) => JSON.stringify(rings))}::jsonb[]) as given (id, name, rings)`);
      await audit(tx, { action: 'outline.replace', details: { outlines: outlines.length } });
      return tx.schemeId;
    });
    this.queries.forget(actor.schemeId);
  }
}

function readOutlines(text: string): ReturnType<typeof outlinesIn> {
  try {
    return outlinesIn(text);
  } catch (error) {
    if (error instanceof OutlineFault) throw Refusal.invalidField('file', error.message);
    throw error;
  }
}

async function readAll(file: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of file as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MOST_OUTLINE_BYTES) throw Refusal.invalidField('file', 'The file must be smaller than 5 MB');
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof Refusal ? error : Refusal.malformed('The form broke off before its end.');
  }
  return Buffer.concat(chunks).toString('utf8');
}
