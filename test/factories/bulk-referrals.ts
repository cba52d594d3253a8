import { Readable } from 'node:stream';
import { ImportWork } from '../../src/imports/batch.work.js';
import { BulkReferrals } from '../../src/imports/bulk-referrals.service.js';
import { recognise } from '../../src/imports/referral-sheet.rules.js';
import type { NewPerson } from '../../src/clients/person.rules.js';
import type { TestMember, TestScheme } from '../support/people.js';
import { aPerson } from './clients.js';

export const LIST_HEADINGS = [
  'NHS number',
  'Forename',
  'Surname',
  'DOB',
  'Mobile',
  'Agreed on',
  'Agreed with',
  'Reasons',
  'Risks',
];

/** One row of a list, as a practice's system writes it; what is given stands in its column. */
export function aListRow(person: Partial<NewPerson> = {}, cells: Record<string, string> = {}): string {
  const { nhsNumber, firstName, lastName, dateOfBirth, phone } = aPerson(person);
  const [year = '', month = '', day = ''] = dateOfBirth.split('-');
  const row: Record<string, string> = {
    'NHS number': nhsNumber ?? '',
    Forename: firstName,
    Surname: lastName,
    DOB: `${day}/${month}/${year}`,
    Mobile: phone ?? '',
    'Agreed on': '02/11/2026',
    'Agreed with': 'Dr Ali',
    Reasons: 'loneliness',
    Risks: 'none known',
    ...cells,
  };
  return LIST_HEADINGS.map((heading) => row[heading]).join(',');
}

export const aList = (...rows: string[]): string => [LIST_HEADINGS.join(','), ...rows].join('\n');

/** What a worker does once it hears of it. */
export const workOn = (scheme: TestScheme, id: string): Promise<void> =>
  scheme.betony
    .get(ImportWork)
    .perform({ name: 'import', key: id, schemeId: scheme.id, ids: { import: id } });

/** A list, as far as it is told to go. */
export async function aBulkReferral(
  scheme: TestScheme,
  { actor }: TestMember,
  list: string,
  ...steps: ('check' | 'approve' | 'work')[]
): Promise<string> {
  const bulk = scheme.betony.get(BulkReferrals);
  const id = await bulk.upload(actor, 'people.csv', Readable.from([Buffer.from(list)]));
  for (const step of steps) {
    if (step === 'check') await bulk.read(actor, id, { columns: recognise(LIST_HEADINGS), how: 'phone' });
    else if (step === 'approve') await bulk.approve(actor, id, false);
    else await workOn(scheme, id);
  }
  return id;
}
