import type { DirectoryGroup } from '../../providers/provider-import.js';
import { normalisePostcode } from '../../platform/pure/postcode.js';
import { normaliseName } from '../../platform/pure/names.js';
import { nameIn, wordsOf } from '../cell.rules.js';
import { EMAIL, needsIn, soundsLikeFaith } from '../directory-words.rules.js';
import type { Checked, RawRow, RowWarning } from '../import.types.js';
import { tableOf } from './groups.import.js';

const NAME_MAX = 200;
const DESCRIPTION_MAX = 4000;
const ADDRESS_MAX = 500;
const NO_POSTCODE = 'Not a postcode, so it is left out';
const NO_EMAIL = 'Not an e-mail address, so it is left out';
/** What spreadsheets write where they know nothing. */
const given = (cell: string | undefined): string =>
  cell === undefined || /^(na|n\/a|not known|none)$/i.test(cell) ? '' : cell;

function group(
  raw: RawRow,
  nameColumn: string,
  more: Omit<
    DirectoryGroup,
    'name' | 'kind' | 'sector' | 'email' | 'organisationSourceId' | 'details' | 'service'
  > & {
    /** Unless told, the group's own name. */
    service?: string;
    email?: string;
  },
  warnings: readonly RowWarning[],
): Checked<DirectoryGroup> {
  const named = nameIn(given(raw.cells[nameColumn]), nameColumn);
  const refusal = (column: string, reason: string): Checked<DirectoryGroup> => ({
    ok: false,
    column,
    reason,
  });
  if ('reason' in named) return refusal(nameColumn, named.reason);
  const { name } = named;
  if (name.length > NAME_MAX) return refusal(nameColumn, `Use ${NAME_MAX} characters or fewer`);
  if (more.description.length > DESCRIPTION_MAX)
    return refusal('description', `Use ${DESCRIPTION_MAX} characters or fewer`);
  if ((more.address?.length ?? 0) > ADDRESS_MAX)
    return refusal('address', `Use ${ADDRESS_MAX} characters or fewer`);
  const faith = soundsLikeFaith(name);
  const email = more.email && EMAIL.test(more.email) ? more.email : null;
  return {
    ok: true,
    warnings: [...named.warnings, ...warnings],
    value: {
      ...more,
      service: more.service ?? name,
      description: more.description || name,
      organisationSourceId: more.sourceId,
      details: {},
      name,
      kind: faith ? 'faith_group' : more.source === 'charity-commission' ? 'charity' : 'community_group',
      sector: faith ? 'faith' : more.source === 'charity-commission' ? 'charity' : 'community',
      email,
    },
  };
}

const key = ({ sourceId }: DirectoryGroup): string => sourceId;

/** Registered charities of an area, as the Charity Commission's register has them. */
export const charities = tableOf('charity-commission', {
  format: 'csv',
  key,
  name: 'charities',
  describes:
    'registered charities as providers (CSV: registered_charity_number, charity_name, charity_activities, charity_contact_postcode)',
  columns: [
    ['registered_charity_number', 'charity_number'],
    ['charity_name', 'name'],
    ['charity_activities', 'activities'],
    ['charity_contact_postcode', 'postcode'],
  ],
  check(raw) {
    const number = given(raw.cells['registered_charity_number']);
    if (!/^\d{5,8}(-\d{1,4})?$/.test(number)) {
      return { ok: false, column: 'registered_charity_number', reason: 'Not a charity number, like 1089464' };
    }
    const lost: RowWarning[] = [];
    const description = wordsOf(given(raw.cells['charity_activities']), 'charity_activities', lost);
    const typed = given(raw.cells['charity_contact_postcode']);
    const postcode = normalisePostcode(typed);
    const column = 'charity_contact_postcode';
    const value = {
      source: 'charity-commission',
      sourceId: number,
      description,
      needs: needsIn(description || given(raw.cells['charity_name'])),
      address: null,
      postcode,
    };
    if (typed !== '' && postcode === null) lost.push({ column, reason: NO_POSTCODE });
    return group(raw, 'charity_name', value, lost);
  },
});

/** Food banks of an area. They have no number of their own: name and postcode tell one from another. */
export const foodBanks = tableOf('food-banks', {
  format: 'csv',
  key,
  name: 'food-banks',
  describes:
    'food banks as providers (CSV: Name, Referral method, Opening times, Address, Postcode, Contact)',
  columns: [['Name'], ['Referral method'], ['Opening times'], ['Address'], ['Postcode'], ['Contact']],
  check(raw) {
    const postcode = normalisePostcode(given(raw.cells['Postcode']));
    if (given(raw.cells['Postcode']) !== '' && postcode === null) {
      return { ok: false, column: 'Postcode', reason: 'Not a postcode' };
    }
    const lost: RowWarning[] = [];
    const words = (column: string): string => wordsOf(given(raw.cells[column]), column, lost);
    const times = words('Opening times');
    const method = words('Referral method');
    const description = [
      'Food bank.',
      times && `Open: ${times}.`,
      method && `How people are sent: ${method}.`,
    ];
    const contact = given(raw.cells['Contact']);
    const value = {
      source: 'food-banks',
      sourceId: `${normaliseName(given(raw.cells['Name']))}|${postcode ?? ''}`,
      service: 'Food bank',
      description: description.filter(Boolean).join(' '),
      needs: ['food' as const],
      address: words('Address') || null,
      postcode,
      email: contact,
    };
    if (contact !== '' && !EMAIL.test(contact)) lost.push({ column: 'Contact', reason: NO_EMAIL });
    return group(raw, 'Name', value, lost);
  },
});
