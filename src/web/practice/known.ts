import { Injectable } from '@nestjs/common';
import { askedAgain } from '../../clients/client.rules.js';
import { SAFE_FIELDS } from '../../clients/client.types.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { isUuid } from '../../platform/pure/ids.js';
import { normaliseName } from '../../platform/pure/names.js';
import { spokenPhone } from '../../platform/pure/phone.js';
import type { ReferralLine, SentReferralLine } from '../../referrals/referral.dto.js';
import { ReferralsQueries, type WrittenReferral } from '../../referrals/referrals.queries.js';
import { TOLD_OPEN } from '../../referrals/referral.types.js';
import { dayBoxes, dayInWords } from '../layout/dates.js';
import type { Form } from '../layout/forms.js';
import { spokenNhsNumber } from '../layout/words.js';
import { OwnReferrals } from '../search/own-referrals.js';
import { soughtIn } from '../search/sought.rules.js';
import { say } from '../words/staff/staff-words.js';
import { type Compared, stillOpen } from './same-person.js';

/** Whom to fill in from: what is looked for, and of several the one that is meant. */
export const SOUGHT = '_find';
export const CHOSEN = '_earlier';

/** What came of a look at one's own earlier referrals. */
export interface Known {
  /** Answers that the earlier referral gave, by the boxes they go into. */
  put: Form['values'];
  lines: string[];
  /** Of these, somebody says which. */
  among: (ReferralLine | SentReferralLine)[];
  /** The earlier one, where it is still open. */
  open: Compared | null;
}

const NOTHING: Known = { put: {}, lines: [], among: [], open: null };

/** Somebody whom one's own organisation referred before, as it wrote them then: nothing that anybody else has learnt since. */
@Injectable()
export class KnownPeople {
  constructor(
    private readonly own: OwnReferrals,
    private readonly referrals: ReferralsQueries,
  ) {}

  async look(actor: MemberActor, text: string, chosen: string, typed: Form['values']): Promise<Known> {
    if (isUuid(chosen)) return this.from(actor, chosen, typed);
    const sought = soughtIn(text.slice(0, 100));
    if (sought.by === 'nothing') return { ...NOTHING, lines: [sought.problem] };
    if (sought.by === 'phone' || sought.by === 'postcode')
      return { ...NOTHING, lines: [say('Enter an NHS number, a name, a date of birth or a reference')] };
    const { items } = await this.own.find(actor, sought);
    const people = newestOfEach(items);
    const [only, ...others] = people;
    if (only === undefined)
      return { ...NOTHING, lines: [say('Your organisation has sent no referral of anybody like that.')] };
    return others.length === 0 ? this.from(actor, only.id, typed) : { ...NOTHING, among: people };
  }

  async from(actor: MemberActor, referralId: string, typed: Form['values']): Promise<Known> {
    const referral = await this.referrals.asWritten(actor, referralId);
    const open = (TOLD_OPEN as readonly string[]).includes(referral.status);
    return {
      put: emptyOnly(answersIn(referral), typed),
      lines: [
        say(
          'Filled in from {{reference}}, which your organisation sent on {{day}}. What you had typed is as it was.',
          {
            reference: referral.reference,
            day: dayInWords(referral.sentAt),
          },
        ),
        say('Check that it is still right, and ask again how it is safe to reach them.'),
      ],
      among: [],
      open: open ? stillOpen(referral) : null,
    };
  }
}

/** Drafts are no earlier referrals, and somebody who was referred twice is one person. */
function newestOfEach(
  lines: readonly (ReferralLine | SentReferralLine)[],
): (ReferralLine | SentReferralLine)[] {
  const seen = new Set<string>();
  return lines.filter(({ client, sentAt }) => {
    if (client === null || sentAt === null) return false;
    const { firstName, lastName, dateOfBirth, nhsNumber } = client;
    const who =
      nhsNumber ??
      [firstName, lastName].map((name) => normaliseName(name ?? '')).join(' ') + String(dateOfBirth);
    if (seen.has(who)) return false;
    seen.add(who);
    return true;
  });
}

const TEXTS = [
  'firstName',
  'lastName',
  'email',
  'address',
  'postcode',
  'reachThrough',
  'reachNote',
  'language',
  'interpreter',
  'accessNote',
] as const;

/** What the sender wrote, by the boxes of the form. That it was safe to ring was a word of that day: it is asked again. */
function answersIn({ person: written }: WrittenReferral): Form['values'] {
  const person = askedAgain(written);
  const said = [...TEXTS, ...Object.values(SAFE_FIELDS)]
    .map((name): [string, string | null] => [`client.${name}`, person[name]])
    .filter((entry): entry is [string, string] => entry[1] !== null && entry[1] !== 'not_asked');
  return {
    ...Object.fromEntries(said),
    ...dayBoxes('client.dateOfBirth', person.dateOfBirth),
    ...(person.nhsNumber === null ? {} : { 'client.nhsNumber': spokenNhsNumber(person.nhsNumber) }),
    ...(person.phone === null ? {} : { 'client.phone': spokenPhone(person.phone) }),
    ...(person.noFixedAddress ? { 'client.noFixedAddress': 'yes' } : {}),
    ...(person.accessNeeds.length > 0 ? { 'client.accessNeeds': person.accessNeeds } : {}),
  };
}

/** Answers that the form begins with: nobody gave them. */
const BEGINS_WITH: Form['values'] = { 'client.interpreter': 'not_needed', 'client.language': 'en' };

/** A day is one answer, whichever of its boxes is filled in. */
const BIRTH = /^client\.dateOfBirth\./;

function emptyOnly(answers: Form['values'], typed: Form['values']): Form['values'] {
  const isSaid = (name: string): boolean => (typed[name] ?? '') !== '' && typed[name] !== BEGINS_WITH[name];
  const birthSaid = Object.keys(typed).some((name) => BIRTH.test(name) && isSaid(name));
  return Object.fromEntries(
    Object.entries(answers).filter(([name]) => !isSaid(name) && !(birthSaid && BIRTH.test(name))),
  );
}
