import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import type { Tx } from '../platform/database/tx.js';
import type { PrivateWords } from './plan.dto.js';

/** What somebody noted for themselves, and the version that their page was shown: nought where there was none. */
export interface PrivateWordsInput {
  version: number;
  words: PrivateWords;
}

/**
 * Keeps what a member notes for themselves about a referral, by a caller that holds its lock and asked its own permission.
 * Answers false where another tab of theirs wrote since, and then keeps nothing: whoever typed is shown both.
 */
export async function savePrivateWords(
  tx: Tx,
  { membershipId }: MemberActor,
  referral: { id: string; clientId: string },
  { version, words }: PrivateWordsInput,
): Promise<boolean> {
  const text = JSON.stringify(words);
  await tx.run(sql`select set_config('app.writer_id', ${membershipId}, true)`);
  const now = await tx.maybe<{ version: number; same: boolean }>(sql`
    select version, words = ${text}::jsonb as same from private_words
    where scheme_id = ${tx.schemeId} and referral_id = ${referral.id} and writer_id = ${membershipId} for update`);
  const isStale = (now?.version ?? 0) !== version;
  const isSame = now?.same ?? text === '{}';
  if (!isStale && !isSame) {
    await tx.run(sql`
      insert into private_words (scheme_id, referral_id, writer_id, version, words, saved_at)
      values (${tx.schemeId}, ${referral.id}, ${membershipId}, 1, ${text}, ${tx.now})
      on conflict (scheme_id, referral_id, writer_id) do update
        set version = private_words.version + 1, words = excluded.words, saved_at = excluded.saved_at`);
    await audit(tx, {
      action: 'plan.privateWords',
      subject: { kind: 'referral', id: referral.id },
      clients: [referral.clientId],
    });
  }
  await tx.run(sql`select set_config('app.writer_id', '', true)`);
  return isSame || !isStale;
}
