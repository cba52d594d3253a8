import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { londonDate } from '../platform/clock/calendar.js';
import { Refusal } from '../platform/errors/refusal.js';
import { newId } from '../platform/pure/ids.js';
import { ReferralHooks } from '../referrals/referral.hooks.js';
import { catalogueWithin } from './catalogue.queries.js';
import { type Catalogued, newestIn } from './catalogue.rules.js';
import { askedAtStart, startAndEnd } from './closing.queries.js';
import { EVERYWHERE } from './measures.catalogue.js';
import type { AskedAtStart } from './response.types.js';
import { toldScores } from './told-scores.rules.js';

/**
 * Closing asks how people feel now, of everybody who was asked at the start: a closing response for each measure with a
 * baseline, or the reason why there is none, which is kept and counted. Who was never asked need give no reason, since
 * without a start there is nothing to compare; one that is given is kept all the same.
 */
@Injectable()
export class ClosingHooks {
  constructor(referrals: ReferralHooks) {
    referrals.closing.register('outcomes', async (tx, { referralId, input }) => {
      const measures = await tx.rows<AskedAtStart>(askedAtStart(tx.schemeId, referralId));
      const missing = measures.filter(({ hasClosing }) => !hasClosing).map(({ measure }) => measure);
      const because = input.noResponseBecause;
      if (missing.length > 0 && because === null) {
        throw Refusal.invalidField(
          'noResponseBecause',
          `Record the closing answers first (${titlesOf(await catalogueWithin(tx), missing)}), or say why there are none`,
        );
      }
      if (because === 'to_be_asked') {
        const nobodyAsks = await tx.maybe(sql`
          select 1 from measure_wish w join referral r on r.scheme_id = w.scheme_id and r.client_id = w.client_id
          where r.scheme_id = ${tx.schemeId} and r.id = ${referralId} and not w.ask`);
        if (nobodyAsks || missing.length === 0) {
          throw Refusal.invalidField(
            'noResponseBecause',
            nobodyAsks
              ? 'They asked for no questionnaires: choose why there are no answers'
              : 'There is nothing left to ask: they were not asked at the start, or have answered',
          );
        }
        return;
      }
      // The product closes with a reason that was given before the answers were.
      const typed = tx.actor.kind === 'member';
      if (typed && measures.length > 0 && missing.length === 0 && because !== null) {
        throw Refusal.invalidField('noResponseBecause', 'Leave this out: the closing answers are recorded');
      }
      const unanswered = measures.length > 0 || because === null ? missing : EVERYWHERE.map(({ id }) => id);
      for (const measure of unanswered) {
        await tx.run(sql`
          insert into measure_missing (scheme_id, id, referral_id, measure, occasion, because, recorded_by, recorded_at)
          values (${tx.schemeId}, ${newId()}, ${referralId}, ${measure}, 'closing', ${because},
            ${tx.actor.kind === 'member' ? tx.actor.membershipId : null}, ${tx.now})`);
      }
    });
    referrals.outcome.register('outcomes', async (tx, { referralId, since }) => ({
      scores: toldScores(
        await catalogueWithin(tx),
        await tx.rows(startAndEnd(tx.schemeId, referralId)),
        londonDate(since),
      ),
    }));
  }
}

const titlesOf = (catalogue: readonly Catalogued[], measures: readonly string[]): string =>
  measures.map((id) => newestIn(catalogue, id)?.measure.title ?? id).join('; ');
