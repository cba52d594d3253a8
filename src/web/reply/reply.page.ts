import type { Came, ListingCheck, ReplyView } from '../../onward-referrals/reply.queries.js';
import { spokenPhone } from '../../platform/pure/phone.js';
import { londonDate } from '../../platform/clock/calendar.js';
import type { GroupAddress } from '../../providers/group-address.rules.js';
import { freshnessOf, isAreaKnown } from '../../providers/listing.rules.js';
import type { Key, Speech } from '../words/speech.js';
import { levelWords, limitWords } from '../listing/telling.words.js';
import { sessionWords } from '../public/public.words.js';
import { cameWords, registerWords } from './reply.words.js';

interface Row {
  key: { text: string };
  value: { text: string };
}

type RowOf = (key: Key, value: string | null | undefined) => Row[];

/** What stands beside a word keeps its own order, whichever way the page runs. */
const rowsIn =
  ({ apart, t }: Speech): RowOf =>
  (key, value) =>
    value ? [{ key: { text: t(key) }, value: { text: apart(value) } }] : [];

const upper = (text: string, { tag }: Speech): string =>
  text.charAt(0).toLocaleUpperCase(tag) + text.slice(1);

const joined = (words: readonly string[], { direction }: Speech): string =>
  words.join(direction === 'rtl' ? '، ' : ', ');

/** A list as people say it, with a capital: "Company, food". */
const said = (words: readonly string[] | undefined, speech: Speech): string =>
  upper(joined(words ?? [], speech), speech);

/** Which page belongs to where things stand. */
export function templateFor({ onward }: ReplyView): string {
  if (onward.step === 'past') return 'past';
  if (onward.ending === 'carries_on') return 'carries-on';
  if (onward.pleaseDoNotContact && onward.state !== 'expired' && onward.state !== 'declined') return 'ended';
  switch (onward.state) {
    case 'offered':
      return 'asked';
    case 'accepted':
    case 'started':
      return 'yes';
    case 'waitlisted':
      return 'waiting';
    case 'declined':
      return 'no-said';
    case 'expired':
      return 'expired';
    default:
      // Asked again since: this one is over, and the new one has a link of its own.
      return onward.pleaseDoNotContact ? 'ended' : 'past';
  }
}

/** What the templates of an onward referral put in. Names stand on the page, never in its title or address. */
export function replyPage(view: ReplyView, now: Date, speech: Speech) {
  const { day, hour, t } = speech;
  const { onward, details } = view;
  const { person } = onward;
  const name = person.calledBy ?? t('reply.them');
  return {
    ...ring(view),
    name,
    service: onward.listing.name,
    why:
      onward.ending && t(`reply.ending.${onward.ending}`, { name: person.calledBy ?? onward.listing.name }),
    state: onward.state,
    details,
    may: Object.fromEntries(onward.actions.map((verb) => [verb, true])),
    about: aboutRows(onward, speech),
    comesAlong:
      onward.comesAlong &&
      t('reply.yes.comes', {
        who: onward.comesAlong.who ?? t('reply.yes.somebody'),
        when: speech.moment(onward.comesAlong.at),
      }),
    safety: (person.safetyInstructions ?? []).map((code) => t(`reply.safety.${code}`)),
    safetyChanged: onward.safetyChangedAt?.toISOString() ?? null,
    fullName: person.fullName,
    contact: person.contact && contactWords(person.contact, speech),
    answerBy: onward.answerBy && day(onward.answerBy),
    waitingForOurCall: onward.waitingForOurCall,
    inTouchBy: onward.inTouchBy && day(onward.inTouchBy),
    inTouch: onward.inTouchAt !== null,
    reviewOn: onward.reviewOn && day(onward.reviewOn),
    waiting: waitingRows(onward, speech),
    undoUntil: onward.undoUntil !== null && now < onward.undoUntil ? hour(onward.undoUntil) : null,
    today: londonDate(now),
    asks: asksPart(view, name, speech),
  };
}

/**
 * Whether they came on the day that is asked about: as it was said, else to be said by one tap. Whoever has only just said yes
 * is not asked yet.
 */
function asksPart({ onward, asks: { on, said: result } }: ReplyView, name: string, { day, t }: Speech) {
  const { answeredAt, inTouchAt, state } = onward;
  const since = answeredAt !== null && on > londonDate(answeredAt);
  const [year, month, date] = on.split('-');
  return {
    now: result === null && (state === 'started' || inTouchAt !== null || since),
    heading: t('reply.came.on', { name, day: day(on) }),
    said: result && t('reply.lookAt.line', { field: day(on), what: registerWords(t)[result] }),
    date: { year, month, day: date },
  };
}

/** As many as somebody still remembers. */
const MOST_CAME = 6;

/** What was said of who came, and the day that the form begins with: the one asked for, else today. */
export function camePage(facts: readonly Came[], today: string, { day, t }: Speech) {
  const [offered, said] = [cameWords(t), registerWords(t)];
  const now = facts.find(({ sessionOn }) => sessionOn === today);
  return {
    today,
    result: now && now.result in offered ? now.result : null,
    came: facts.slice(0, MOST_CAME).map(({ sessionOn, sessionAt, result }) => {
      const when =
        sessionAt === null ? day(sessionOn) : t('dates.dayAndTime', { day: day(sessionOn), time: sessionAt });
      return t('reply.lookAt.line', { field: when, what: said[result] });
    }),
  };
}

/** A number or an address can be tapped. */
const contactWords = (
  contact: NonNullable<ReplyView['onward']['person']['contact']>,
  { apart, t }: Speech,
) => ({
  route: contact.route,
  words: t(`reply.route.${contact.route}`),
  value:
    contact.value === null
      ? null
      : apart(isNumber(contact.route) ? spokenPhone(contact.value) : contact.value),
  href: contactLink(contact),
  leaveMessage: contact.leaveMessage,
  note: contact.note,
});

const isNumber = (route: string): boolean => route === 'phone' || route === 'text';

function contactLink({ route, value }: { route: string; value: string | null }): string | null {
  if (value === null) return null;
  if (route === 'phone') return `tel:${value}`;
  if (route === 'text') return `sms:${value}`;
  return route === 'email' ? `mailto:${value}` : null;
}

function aboutRows({ person, people, listing, period }: ReplyView['onward'], speech: Speech): Row[] {
  const { nameOf, t } = speech;
  const row = rowsIn(speech);
  const language = person.language === null || person.language === 'en' ? null : nameOf(person.language);
  const interpreter = person.interpreter !== null && person.interpreter !== 'not_needed';
  const where = period
    ? t('reply.row.listing', { listing: listing.name, period: period.name })
    : listing.name;
  const rules = (person.confirmed ?? []).map((who) => t('reply.row.meets', { who }));
  return [
    ...row('reply.row.for', where),
    ...row(
      'reply.row.helpWith',
      said(
        person.needs?.map((need) => t(`reply.need.${need}`)),
        speech,
      ),
    ),
    ...row('reply.row.more', person.helpNote),
    ...row('reply.row.age', person.ageBand && ageWords(person.ageBand, t)),
    ...row('reply.row.howMany', people > 1 ? t('reply.row.people', { count: people }) : null),
    ...row('reply.row.soon', person.howSoon && upper(t(`reply.soon.${person.howSoon}`), speech)),
    ...row(
      'reply.row.needs',
      said(
        person.accessNeeds?.map((need) => t(`reply.access.${need}`)),
        speech,
      ),
    ),
    ...row(
      'reply.row.language',
      language && (interpreter ? t('reply.row.interpreter', { language }) : language),
    ),
    ...row('reply.row.rule', joined(rules, speech)),
  ];
}

/** A band as the product says it in English, such as "65 to 74", in another language. */
function ageWords(band: string, t: Speech['t']): string {
  const [first = '', last] = band.match(/\d+/g) ?? [];
  if (last !== undefined) return t('reply.row.ageBetween', { from: first, to: last });
  return band.startsWith('under')
    ? t('reply.row.ageUnder', { to: first })
    : t('reply.row.ageOver', { from: first });
}

function waitingRows({ position, expectedWeeks, offeredAt }: ReplyView['onward'], speech: Speech): Row[] {
  const { day, t } = speech;
  const row = rowsIn(speech);
  const place = position === 1 ? t('reply.row.next') : t('reply.row.number', { number: position ?? 0 });
  const wait =
    expectedWeeks === 0 ? t('reply.row.anyDay') : t('reply.row.weeks', { count: expectedWeeks ?? 0 });
  return [
    ...row('reply.row.onList', position === null ? null : place),
    ...row('reply.row.wait', expectedWeeks === null ? null : wait),
    ...row('reply.row.askedOn', day(offeredAt)),
  ];
}

/** The word of every list for it, as a group reads it. */
function confirmedWords(confirmedOn: string | null, today: string, { day, t }: Speech): string {
  if (confirmedOn === null) return t('reply.row.notYet');
  const { word } = freshnessOf(confirmedOn, today);
  return word === 'fresh' ? day(confirmedOn) : t('reply.row.longAgo', { day: day(confirmedOn) });
}

function areaWords(check: ListingCheck, speech: Speech): string {
  const { t } = speech;
  if (!isAreaKnown(check)) return t('reply.row.pleaseSay');
  const areas = joined(check.areas ?? [], speech);
  const within = check.radiusMiles === null ? '' : t('reply.row.within', { count: check.radiusMiles });
  if (areas === '' && within === '') return t('reply.row.anywhere');
  return upper(areas && within ? t('reply.row.either', { areas, within }) : areas || within, speech);
}

function costWords({ cost, costNote }: ListingCheck, { t }: Speech): string {
  const words = cost === null ? t('reply.row.pleaseSay') : t(`reply.cost.${cost}`);
  return costNote === null ? words : t('reply.row.costNote', { cost: words, note: costNote });
}

/** A row of what is told of a service, and the page on which it is put right. */
export interface TellingRow extends Row {
  actions?: { items: { href: string; text: string; visuallyHiddenText: string }[] };
}

/** "For women only; age 18 to 65; carers first". */
function whoWords({ forWhom, minimumAge, maximumAge, eligibilityNote }: ListingCheck, { t }: Speech): string {
  const ages =
    minimumAge === null && maximumAge === null
      ? ''
      : t('service.who.ages', { from: minimumAge ?? 0, to: maximumAge ?? 120 });
  return [t(`finder.forWhom.${forWhom}`), ages, eligibilityNote].filter(Boolean).join('; ');
}

/** `byLink`: for whoever holds a link, and need not be of the group any more. */
export function listingPage(
  check: ListingCheck,
  now: Date,
  speech: Speech,
  { base, claim, byLink }: { base: string; claim: string; byLink: boolean },
) {
  const { day, hour, t } = speech;
  const { name, description, placesKind, placesTotal, placesTaken, fullUntil, confirmedOn } = check;
  const full = fullUntil !== null && fullUntil > londonDate(now);
  const kinds = {
    counted: t('reply.row.free', { free: (placesTotal ?? 0) - placesTaken, all: placesTotal ?? 0 }),
    drop_in: t('reply.row.noBooking'),
    ask_first: t('reply.row.askFirst'),
  };
  const row = (key: Key, value: string | null, to?: string, how: Key = 'byLink.change'): TellingRow[] =>
    rowsIn(speech)(key, value).map((one) =>
      to === undefined
        ? one
        : { ...one, actions: { items: [{ href: to, text: t(how), visuallyHiddenText: t(key) }] } },
    );
  const unsaid = t('reply.row.pleaseSay');
  const ownPart = (part: string): string | undefined => (byLink ? undefined : `${base}/${part}`);
  /** What whoever signs in reads and changes beside what a link shows. */
  const own = (key: Key, value: string, part: string): TellingRow[] =>
    byLink ? [] : row(key, value || unsaid, ownPart(part));
  const keptBack = byLink && check.withholdLocation;
  const where = [check.address, check.postcode].filter(Boolean).join(', ');
  return {
    ...ring(check),
    service: name,
    state: check.state,
    version: check.version,
    told: true,
    kind: placesKind,
    total: placesTotal,
    taken: placesTaken,
    full,
    undoUntil: check.undoUntil && hour(check.undoUntil),
    signsIn: check.signsIn,
    warnings: check.warnings.map(({ field, of }) =>
      t('reply.lookAt.line', { field: t(`reply.field.${field}`), what: t(`reply.look.${of}`) }),
    ),
    rows: [
      ...row('reply.row.name', name, ownPart('what')),
      ...row('reply.row.what', description, ownPart('what')),
      ...own(
        'finder.helps',
        said(
          check.needs.map((need) => t(`reply.need.${need}`)),
          speech,
        ),
        'what',
      ),
      ...row(
        'service.when',
        check.schedule.map((session) => sessionWords(session, speech)).join('; ') || unsaid,
        `${base}/times`,
      ),
      ...(keptBack
        ? row('finder.where', t('service.keptBack'))
        : row('finder.where', where || unsaid, `${base}/place`)),
      ...row(
        'reply.row.places',
        full ? t('reply.row.fullUntil', { day: day(fullUntil) }) : kinds[placesKind],
        check.placesByPeriod ? undefined : `${base}/places`,
      ),
      ...row('reply.row.afterThat', full ? kinds[placesKind] : null),
      ...row(
        'reply.field.howToJoin',
        check.howToJoin ?? upper(t('finder.joinThrough'), speech),
        `${base}/join`,
      ),
      ...row('reply.row.cost', costWords(check, speech), `${base}/cost`),
      ...row(
        'service.access',
        said(
          check.access.map((need) => t(`reply.access.${need}`)),
          speech,
        ) || unsaid,
        `${base}/access`,
      ),
      ...row('reply.row.area', areaWords(check, speech), ownPart('who')),
      ...own('reply.field.eligibilityNote', whoWords(check, speech), 'who'),
      ...row(
        'reply.row.setting',
        t(check.setting === null ? 'reply.row.pleaseSay' : `reply.setting.${check.setting}`),
        ownPart('how'),
      ),
      ...own('service.how.title', levelWords(t)[check.level], 'how'),
      ...own('finder.language', joined(check.languages.map(speech.nameOf), speech), 'how'),
      ...own(
        'service.limits.row',
        joined(
          check.excludes.map((limit) => limitWords(t)[limit]),
          speech,
        ),
        'limits',
      ),
      ...own(
        'service.shown.title',
        t(check.publishable ? 'service.shown.everybody' : 'service.shown.workers'),
        'shown',
      ),
      ...row('service.writeTo', check.writtenTo && hinted(check.writtenTo, t), claim, 'service.somebodyElse'),
      ...row('reply.row.confirmed', confirmedWords(confirmedOn, londonDate(now), speech)),
    ],
  };
}

/** So much of it that whoever knows it knows which it is. */
function hinted({ channel, to }: GroupAddress, t: Speech['t']): string {
  if (channel === 'text') return t('service.number', { digits: to.slice(-3) });
  const [name = '', host = ''] = to.split('@');
  return `${name.slice(0, 1)}…@${host}`;
}

const ring = ({ scheme, group, worker, phone }: ReplyView | ListingCheck) => ({
  scheme,
  group,
  worker,
  workerKnown: worker !== null,
  phone,
});
