import { Injectable, Logger } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { LastChanges } from '../../identity/last-changes.queries.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Clock } from '../../platform/clock/clock.js';
import { toRefusal } from '../../platform/errors/error.filter.js';
import { type FieldProblem, Refusal } from '../../platform/errors/refusal.js';
import { claimRequest } from '../../platform/http/request-context.js';
import { canonicalJson, sha256 } from '../../platform/pure/hash.js';
import { isUuid } from '../../platform/pure/ids.js';
import type { ReferralLine } from '../../referrals/referral.dto.js';
import { ReferralsQueries } from '../../referrals/referrals.queries.js';
import { sinceInWords } from './dates.js';
import { hidden, KEY, sent } from './forms.js';
import { say, sayAgain } from '../words/staff/staff-words.js';

/** At most so many at once: each is a write of its own, and somebody waits for all of them. */
export const MOST_AT_ONCE = 500;

/** One that was ticked, as it was when it was shown. */
export interface Ticked {
  id: string;
  version: number;
}

/** What became of one of many. */
export interface Outcome {
  line: ReferralLine;
  done: boolean;
  /** Why not, in words. */
  because: string | null;
  /** The id of what was made of it, for a page that offers to take it back. */
  made: string | null;
}

export interface Outcomes {
  items: Outcome[];
  done: number;
  /** Ticked, and out of reach by now. */
  gone: number;
}

/** The rows that were ticked: each box carries the id and the version that the row was shown at. */
export function ticked(body: unknown): Ticked[] {
  const rows = [sent(body)['row'] ?? []].flat().filter((one) => one !== '');
  if (rows.length === 0) throw Refusal.invalidField('row', 'Tick at least one person');
  if (rows.length > MOST_AT_ONCE) throw tooManyAtOnce();
  return rows.map((row) => {
    const [id = '', version = ''] = row.split('.');
    if (!isUuid(id) || !/^\d{1,9}$/.test(version))
      throw Refusal.invalidField('row', 'Tick people in the list');
    return { id, version: Number(version) };
  });
}

export const tooManyAtOnce = (): Refusal =>
  Refusal.invalidField('row', `Choose at most ${String(MOST_AT_ONCE)} people at once`);

/** The same done to many referrals: each a write of its own, done or refused for a reason of its own. */
@Injectable()
export class Many {
  private readonly logger = new Logger('many');

  constructor(
    private readonly referrals: ReferralsQueries,
    private readonly changes: LastChanges,
    private readonly clock: Clock,
  ) {}

  /** Those of them in reach; where none is, as if there were none. */
  async lines(actor: MemberActor, rows: readonly Ticked[]): Promise<ReferralLine[]> {
    const lines = await this.referrals.some(
      actor,
      rows.map(({ id }) => id),
    );
    if (lines.length === 0) throw Refusal.notFound();
    return lines;
  }

  /**
   * Does `work` to one after the other and says what became of each. Sent once more, what was done is done no second time,
   * and what was not is tried again. After a fault nothing more is tried.
   */
  async each(
    actor: MemberActor,
    request: FastifyRequest,
    rows: readonly Ticked[],
    answers: object,
    work: (row: Ticked) => Promise<unknown>,
  ): Promise<Outcomes> {
    const lines = await this.lines(actor, rows);
    const key = hidden(request.body, KEY);
    const items: Outcome[] = [];
    let broken = false;
    for (const line of lines) {
      const row = rows.find(({ id }) => id === line.id);
      if (!row || broken) {
        items.push({ ...NOT_DONE, line, because: 'Not tried, since something went wrong before it.' });
        continue;
      }
      // A key each: one stands for one write.
      if (key !== '') claimRequest(request, sha256(canonicalJson([key, row.id, answers])), answers);
      try {
        const made = await work(row);
        items.push({ line, done: true, because: null, made: typeof made === 'string' ? made : null });
      } catch (error) {
        const refusal = toRefusal(error);
        broken = refusal === null;
        if (refusal === null) this.logger.error('One of many failed; the rest was not tried.');
        items.push({
          ...NOT_DONE,
          line,
          because: refusal ? await this.reason(actor, line.id, refusal) : say(FAULT),
        });
      }
    }
    return {
      items,
      done: items.filter(({ done }) => done).length,
      gone: rows.length - lines.length,
    };
  }

  private async reason(actor: MemberActor, id: string, refusal: Refusal): Promise<string> {
    if (refusal.status !== 412) {
      const [problem] = (refusal.extra['errors'] as FieldProblem[] | undefined) ?? [];
      return sayAgain(problem?.message ?? refusal.message);
    }
    const last = await this.changes.of(actor, id);
    const who = last?.by ?? say('Somebody else');
    if (!last) return say('{{who}} changed this, after you saw the list.', { who });
    const time = sinceInWords(last.at, this.clock.now());
    return say('{{who}} changed this at {{time}}, after you saw the list.', { who, time });
  }
}

const NOT_DONE = { done: false, made: null } as const;
const FAULT = 'Something went wrong, and this one was not changed. Try it again.';
