import { newId } from '../../src/platform/pure/ids.js';
import type { TestScheme } from '../support/people.js';
import { aClient } from './clients.js';
import { anEpisode, closedAt, inScheme, insertRow } from './episodes.js';

export const AGREED_TO_GO = { basis: 'agreed', agreedOn: '2026-01-02', how: 'phone' };

/** The least that travels. */
export const LITTLE = {
  person: { firstName: 'Grace', lastName: 'Obi', dateOfBirth: '1950-01-01' },
  practice: null,
  needs: ['loneliness'],
};

export interface ParcelDetails {
  sentAt: Date;
  answerBy: Date;
  carries?: object;
}

/** Somebody whom one scheme hands to another, waiting for its answer: written by the sender, as nobody else may. */
export async function aParcel(
  from: TestScheme,
  toSchemeId: string,
  { sentAt, answerBy, carries = LITTLE }: ParcelDetails,
): Promise<string> {
  const id = newId();
  const referralId = await anEpisode(from, 'closed', {
    ...closedAt('2026-01-01T09:00:00Z'),
    client_id: await aClient(from),
  });
  const both = {
    scheme_id: from.id,
    id,
    to_scheme_id: toSchemeId,
    agreement: JSON.stringify(AGREED_TO_GO),
    carries: JSON.stringify(carries),
    state: 'offered',
    answer_by: answerBy,
  };
  await inScheme(from, async (tx) => {
    await insertRow(tx, 'transfer', {
      ...both,
      referral_id: referralId,
      how: 'scheme',
      to_name: 'Here',
      items: [],
      result: 'helped',
      no_response_because: 'moved',
      offered_at: sentAt,
    });
    await insertRow(tx, 'transfer_parcel', { ...both, from_name: from.name, sent_at: sentAt });
  });
  return id;
}
