import { newId } from '../../src/platform/pure/ids.js';
import { encodeCursor } from '../../src/platform/http/pagination.js';
import type { Role } from '../../src/platform/actor/actor.types.js';
import { aCase } from '../factories/caseload.js';
import { aClient, aPerson } from '../factories/clients.js';
import {
  agreement,
  aCase as aSentCase,
  aGroup,
  anOffer,
  offerOf,
  type TestGroup,
} from '../factories/onward.js';
import { aReferral, aSend } from '../factories/referrals.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../support/people.js';
import { startApp, type TestApp } from '../support/start-app.js';
import { watchWrites, type WriteWatch } from '../support/write-watch.js';

interface World {
  scheme: TestScheme;
  people: Record<Role, TestMember>;
  group: TestGroup;
  client: string;
  /** An active case of the link worker. */
  active: string;
  closed: string;
  /** Sent, and with triage. */
  sent: string;
  draft: string;
  offer: string;
  accepted: string;
  declined: string;
  appointment: string;
  /** A person of another scheme. */
  elsewhere: string;
  glass: string;
}

interface Bad {
  what: string;
  as?: Role | null;
  to: string | ((world: World) => string);
  body?: unknown;
  /** Sent as it stands, whatever it is. */
  raw?: string | Buffer;
  headers?: Record<string, string>;
  status: number;
  /** What a 422 must name. */
  field?: string;
  /** What a 409 must say. */
  says?: object;
  /** Written although refused, on purpose. */
  writes?: readonly string[];
}

const SPACE = ' ';
const LONE = '\ud83d';
const BIG = 'a'.repeat(200_000);
const IF = (version: number) => ({ 'if-match': `"v${String(version)}"` });
const CONTACT = { kind: 'phone', outcome: 'reached', nextOn: '2026-12-10' };
const MEETING = { kind: 'phone', on: '2026-11-25', time: '14:30', minutes: 30 };
const ONS4 = {
  measure: 'ons4',
  version: '1',
  occasion: 'baseline',
  answeredOn: '2026-11-05',
  mode: 'phone',
  answers: { satisfied: 4, worthwhile: 5, happy: 3, anxious: 8 },
};
const AGREED = { scope: ['needs'], basis: 'agreed', agreedOn: '2026-11-20', how: 'phone' };
const INVITE = { email: 'new@example.org', name: 'Sam Reed', organisationId: newId(), role: 'link_worker' };
const person = (more: object) => ({
  firstName: 'Grace',
  lastName: 'Okoro',
  dateOfBirth: '1951-03-02',
  ...more,
});
const send = (more: object) => ({ ...aSend(), ...more });

const json = { 'content-type': 'application/json' };

const BAD: Bad[] = [
  // What is not a request at all
  { what: 'broken JSON', to: 'POST /clients', raw: '{"firstName": "Gr', headers: json, status: 400 },
  { what: 'JSON with a trailing comma', to: 'POST /referrals', raw: '{"a": 1,}', headers: json, status: 400 },
  { what: 'an empty body called JSON', to: 'POST /clients', raw: '', headers: json, status: 400 },
  {
    what: 'lists inside one another without end',
    as: null,
    to: 'POST /sign-in',
    raw: `{"email":${'['.repeat(40_000)}${']'.repeat(40_000)}}`,
    headers: json,
    status: 400,
  },
  {
    what: 'objects inside one another without end',
    to: 'POST /referrals',
    raw: `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
    headers: json,
    status: 400,
  },
  {
    what: 'a form instead of JSON',
    to: 'POST /clients',
    raw: 'firstName=Grace',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    status: 415,
  },
  {
    what: 'XML',
    to: 'POST /referrals',
    raw: '<referral/>',
    headers: { 'content-type': 'application/xml' },
    status: 415,
  },
  { what: 'a list instead of an object', to: 'POST /clients', raw: '[]', headers: json, status: 422 },
  { what: 'a text instead of an object', to: 'POST /clients', raw: '"Grace"', headers: json, status: 422 },
  { what: 'null instead of an object', to: 'POST /clients', raw: 'null', headers: json, status: 422 },
  {
    what: '__proto__ as a field',
    to: 'POST /clients',
    raw: '{"__proto__": {"admin": true}}',
    headers: json,
    status: 400,
  },
  { what: 'a body of 300 kB', to: 'POST /clients', body: { firstName: BIG + BIG }, status: 413 },
  { what: 'no such route', to: 'POST /client', body: {}, status: 404 },
  { what: 'a method the route has not', to: 'DELETE /clients', status: 404 },
  {
    what: 'an access token with a letter changed',
    as: null,
    to: 'GET /me',
    headers: { authorization: 'Bearer eyJhbGciOiJIUzI1NiJ9.e30.x' },
    status: 401,
  },
  {
    what: 'an Authorization of 6,000 characters',
    as: null,
    to: 'GET /me',
    headers: { authorization: `Bearer ${'a'.repeat(6000)}` },
    status: 401,
  },
  {
    what: 'an e-mail address that is none',
    as: null,
    to: 'POST /sign-in',
    body: { email: 'sam', password: 'x' },
    status: 422,
    field: 'email',
  },
  {
    what: 'a password that is a number',
    as: null,
    to: 'POST /sign-in',
    body: { email: 'sam@example.org', password: 5 },
    status: 422,
    field: 'password',
  },
  {
    what: 'an unknown sign-in',
    as: null,
    to: 'POST /sign-in',
    body: { email: 'sam@example.org', password: 'wrong words here' },
    status: 401,
    writes: ['audit_entry', 'sign_in_throttle'],
  },
  {
    what: 'a refresh token that is none',
    as: null,
    to: 'POST /session/refresh',
    body: { refreshToken: 'x' },
    status: 401,
  },
  {
    what: 'an invitation link that is none',
    as: null,
    to: 'POST /invitations/accept',
    body: { token: 'x', password: 'three random words' },
    status: 410,
  },
  {
    what: 'a membership of nobody',
    to: 'POST /session/switch',
    body: { membershipId: newId() },
    status: 404,
  },

  // Clients
  {
    what: 'a misspelt field',
    to: 'POST /clients',
    body: person({ fristName: 'Grace' }),
    status: 422,
    field: 'fristName',
  },
  {
    what: 'a scheme id in the body',
    to: 'POST /clients',
    body: person({ schemeId: newId() }),
    status: 422,
    field: 'schemeId',
  },
  {
    what: 'a scheme_id in the body',
    to: 'POST /referrals',
    as: 'referrer',
    body: send({ scheme_id: newId() }),
    status: 422,
    field: 'scheme_id',
  },
  {
    what: 'no last name',
    to: 'POST /clients',
    body: { firstName: 'Grace', dateOfBirth: '1951-03-02' },
    status: 422,
    field: 'lastName',
  },
  {
    what: 'a name of spaces',
    to: 'POST /clients',
    body: person({ firstName: '   ' }),
    status: 422,
    field: 'firstName',
  },
  {
    what: 'a name that is a number',
    to: 'POST /clients',
    body: person({ firstName: 5 }),
    status: 422,
    field: 'firstName',
  },
  {
    what: 'a name that is an object',
    to: 'POST /clients',
    body: person({ firstName: { $ne: '' } }),
    status: 422,
    field: 'firstName',
  },
  {
    what: 'a null byte in a name',
    to: 'POST /clients',
    body: person({ firstName: 'Gra\u0000ce' }),
    status: 422,
    field: 'firstName',
  },
  {
    what: 'a bell in a name',
    to: 'POST /clients',
    body: person({ lastName: 'Oko\u0007ro' }),
    status: 422,
    field: 'lastName',
  },
  {
    what: 'half of an emoji in a name',
    to: 'POST /clients',
    body: person({ knownAs: `Grace${LONE}` }),
    status: 422,
    field: 'knownAs',
  },
  {
    what: 'five flowers for a reason of ten characters',
    as: 'scheme_manager',
    to: 'POST /safeguarding/01890000-0000-7000-8000-000000000000/read',
    body: { reason: '🌼'.repeat(5) },
    status: 422,
    field: 'reason',
  },
  {
    what: 'the 30th of February',
    to: 'POST /clients',
    body: person({ dateOfBirth: '2026-02-30' }),
    status: 422,
    field: 'dateOfBirth',
  },
  {
    what: 'a month 13',
    to: 'POST /clients',
    body: person({ dateOfBirth: '1951-13-01' }),
    status: 422,
    field: 'dateOfBirth',
  },
  {
    what: 'a date as people write it',
    to: 'POST /clients',
    body: person({ dateOfBirth: '02/03/1951' }),
    status: 422,
    field: 'dateOfBirth',
  },
  {
    what: 'a birth in the future',
    to: 'POST /clients',
    body: person({ dateOfBirth: '2027-01-01' }),
    status: 422,
    field: 'dateOfBirth',
  },
  {
    what: 'an NHS number failing modulus 11',
    to: 'POST /clients',
    body: person({ nhsNumber: '9990000019' }),
    status: 422,
    field: 'nhsNumber',
  },
  {
    what: 'an NHS number of nine digits',
    to: 'POST /clients',
    body: person({ nhsNumber: '999000001' }),
    status: 422,
    field: 'nhsNumber',
  },
  {
    what: 'an NHS number that is a number',
    to: 'POST /clients',
    body: person({ nhsNumber: 9990000018 }),
    status: 422,
    field: 'nhsNumber',
  },
  {
    what: 'half a postcode',
    to: 'POST /clients',
    body: person({ postcode: 'CO15' }),
    status: 422,
    field: 'postcode',
  },
  {
    what: 'a phone number too short',
    to: 'POST /clients',
    body: person({ phone: '07700 90' }),
    status: 422,
    field: 'phone',
  },
  {
    what: 'an e-mail address with a space',
    to: 'POST /clients',
    body: person({ email: 'grace @example.org' }),
    status: 422,
    field: 'email',
  },
  {
    what: 'an access need we do not know',
    to: 'POST /clients',
    body: person({ accessNeeds: ['wings'] }),
    status: 422,
    field: 'accessNeeds',
  },
  {
    what: 'an access need twice',
    to: 'POST /clients',
    body: person({ accessNeeds: ['step_free', 'step_free'] }),
    status: 422,
    field: 'accessNeeds',
  },
  {
    what: 'an id twice',
    to: 'POST /clients',
    body: person({ notTheSameAs: [INVITE.organisationId, INVITE.organisationId] }),
    status: 422,
    field: 'notTheSameAs',
  },
  {
    what: 'yes instead of true',
    to: 'POST /clients',
    body: person({ safetyFlag: 'yes' }),
    status: 422,
    field: 'safetyFlag',
  },
  {
    what: 'a language that is no code',
    to: 'POST /clients',
    body: person({ language: 'English please' }),
    status: 422,
    field: 'language',
  },
  {
    what: 'no If-Match',
    to: ({ client }) => `PATCH /clients/${client}`,
    body: { knownAs: 'Gracie' },
    status: 428,
  },
  {
    what: 'a stale If-Match',
    to: ({ client }) => `PATCH /clients/${client}`,
    body: { knownAs: 'Gracie' },
    headers: IF(999),
    status: 412,
  },
  {
    what: 'an If-Match we never gave',
    to: ({ client }) => `PATCH /clients/${client}`,
    body: { knownAs: 'Gracie' },
    headers: { 'if-match': '*' },
    status: 412,
  },
  { what: 'an id of another scheme', to: ({ elsewhere }) => `GET /clients/${elsewhere}`, status: 404 },
  { what: 'an id of nobody', to: `GET /clients/${newId()}`, status: 404 },
  { what: 'an id that is no id', to: 'GET /clients/1%20or%201=1', status: 404 },
  { what: 'an id with a null byte', to: 'GET /clients/%00', status: 404 },
  {
    what: 'a merge with oneself',
    to: ({ client }) => `POST /clients/${client}/merge`,
    as: 'scheme_manager',
    body: { mergedId: 'SELF', reason: 'The same' },
    status: 422,
    field: 'mergedId',
  },
  {
    what: 'an unmerge of what was never merged',
    to: ({ client }) => `POST /clients/${client}/unmerge`,
    as: 'scheme_manager',
    body: { reason: 'Not the same' },
    status: 404,
  },
  {
    what: 'a death tomorrow',
    to: ({ client }) => `POST /clients/${client}/record-death`,
    body: { toldBy: 'A call', diedOn: '2026-11-24' },
    status: 422,
    field: 'diedOn',
  },
  {
    what: 'an agreement to nothing',
    to: ({ client }) => `POST /clients/${client}/agreements`,
    body: { ...AGREED, scope: [] },
    status: 422,
    field: 'scope',
  },
  {
    what: 'an agreement tomorrow',
    to: ({ client }) => `POST /clients/${client}/agreements`,
    body: { ...AGREED, agreedOn: '2026-11-24' },
    status: 422,
    field: 'agreedOn',
  },
  { what: 'a search with a query nobody knows', to: 'GET /clients?name=Grace', status: 422, field: 'name' },
  { what: 'a page of minus one', to: 'GET /clients?limit=-1', status: 422, field: 'limit' },
  { what: 'a page of a billion', to: 'GET /clients?limit=1000000000', status: 422, field: 'limit' },
  { what: 'a page of 1e1', to: 'GET /clients?limit=1e1', status: 422, field: 'limit' },
  {
    what: 'matching by a need nobody has',
    to: ({ active }) => `GET /referrals/${active}/services?needs=gold`,
    status: 422,
    field: 'needs',
  },
  {
    what: 'matching with a page that was never given',
    to: ({ active }) => `GET /referrals/${active}/services?after=x`,
    status: 422,
    field: 'after',
  },
  {
    what: 'miles from a person of whom nobody knows where they live',
    to: ({ active }) => `GET /referrals/${active}/services?withinMiles=3`,
    status: 422,
    field: 'withinMiles',
    writes: ['audit_entry'],
  },
  {
    what: 'a holiday that ends before it starts',
    as: 'provider_member',
    to: ({ group }) => `POST /providers/${group.organisationId}/periods`,
    body: { kind: 'closed', name: 'Easter', from: '2027-03-29', until: '2027-03-26' },
    status: 422,
    field: 'until',
  },
  {
    what: 'a holiday on 30 February',
    as: 'provider_member',
    to: ({ group }) => `POST /providers/${group.organisationId}/periods`,
    body: { kind: 'quiet', name: 'Easter', from: '2027-02-30', until: '2027-03-26' },
    status: 422,
    field: 'from',
  },
  {
    what: 'a service that ends before it starts',
    as: 'provider_member',
    to: ({ group }) => `POST /providers/${group.organisationId}/quiet-times`,
    body: { times: [{ day: 'friday', from: '14:00', to: '12:30' }] },
    status: 422,
    field: 'times.0.to',
  },
  {
    what: 'a service full until yesterday',
    as: 'provider_member',
    to: ({ group }) => `POST /listings/${group.listingId}/full`,
    body: { until: '2020-01-01' },
    status: 422,
    field: 'until',
  },
  {
    what: 'a capacity of more free places than there are',
    as: 'provider_member',
    to: ({ group }) => `POST /listings/${group.listingId}/service-capacity`,
    body: { available: 9, maximum: 3, updated: '2026-11-23T09:00:00Z' },
    status: 422,
    field: 'maximum',
  },
  {
    what: 'a capacity of a time without a zone',
    as: 'provider_member',
    to: ({ group }) => `POST /listings/${group.listingId}/service-capacity`,
    body: { available: 9, updated: '2026-11-23T09:00:00' },
    status: 422,
    field: 'updated',
  },
  {
    what: 'a gap of no need',
    to: 'POST /gaps',
    body: { why: 'too_far' },
    status: 422,
    field: 'need',
  },
  {
    what: 'a gap in no district',
    to: 'POST /gaps',
    body: { need: 'food', why: 'too_far', area: 'QQ99' },
    status: 422,
    field: 'area',
  },
  {
    what: 'a gap of somebody else’s referral',
    to: 'POST /gaps',
    body: { need: 'food', why: 'too_far', referralId: newId() },
    status: 404,
  },
  {
    what: 'a gap closed by a link worker',
    to: `POST /gaps/${newId()}/close`,
    body: { because: 'helped' },
    status: 403,
  },
  {
    what: 'a shortlist of an id that is none',
    to: ({ active }) => `POST /referrals/${active}/shortlist`,
    body: { listingId: 'near' },
    status: 422,
    field: 'listingId',
  },
  {
    what: 'a shortlist of a service of nobody',
    to: ({ active }) => `POST /referrals/${active}/shortlist`,
    body: { listingId: newId() },
    status: 404,
  },
  {
    what: 'what was never kept, taken off',
    to: ({ active }) => `DELETE /referrals/${active}/shortlist/${newId()}`,
    status: 404,
  },
  {
    what: 'why a service of nobody',
    to: ({ active }) => `GET /referrals/${active}/services/${newId()}`,
    status: 404,
    writes: ['audit_entry'],
  },
  { what: 'a limit given twice', to: 'GET /clients?limit=5&limit=6', status: 422, field: 'limit' },
  { what: 'a cursor that is none', to: 'GET /clients?after=abc', status: 422, field: 'after' },
  {
    what: 'a forged cursor',
    to: `GET /referrals?after=${encodeCursor(["2026-11-23'; drop table client; --", 'x'])}`,
    status: 422,
    field: 'after',
  },
  {
    what: 'a cursor whose moment is none',
    to: `GET /caseload?after=${encodeCursor(['1', newId()])}`,
    status: 422,
    field: 'after',
  },
  {
    what: 'a cursor with a zero byte',
    to: `GET /providers?after=${encodeCursor(['a\0b', newId()])}`,
    status: 422,
    field: 'after',
  },
  {
    what: 'a cursor of 600 characters',
    to: `GET /referrals?after=${'a'.repeat(600)}`,
    status: 422,
    field: 'after',
  },
  {
    what: 'breaking the glass without a reason',
    to: 'POST /break-glass',
    body: { nhsNumber: '9990000018', reason: 'because' },
    status: 422,
    field: 'reason',
  },
  {
    what: 'an outcome nobody can choose',
    to: ({ glass }) => `POST /break-glass/${glass}/review`,
    as: 'scheme_manager',
    body: { outcome: 'fine' },
    status: 422,
    field: 'outcome',
  },

  // Referrals
  {
    what: 'a referral for nothing',
    as: 'referrer',
    to: 'POST /referrals',
    body: send({ reasons: [] }),
    status: 422,
    field: 'reasons',
  },
  {
    what: 'a referral without agreement',
    as: 'referrer',
    to: 'POST /referrals',
    body: send({ agreement: undefined }),
    status: 422,
    field: 'agreement',
  },
  {
    what: 'an agreement without its day',
    as: 'referrer',
    to: 'POST /referrals',
    body: send({ agreement: { basis: 'agreed', how: 'phone' } }),
    status: 422,
    field: 'agreement.agreedOn',
  },
  {
    what: 'no answer about risk',
    as: 'referrer',
    to: 'POST /referrals',
    body: send({ noKnownRisks: undefined }),
    status: 422,
    field: 'risks',
  },
  {
    what: 'a person without a name, in a referral',
    as: 'referrer',
    to: 'POST /referrals',
    body: send({ client: aPerson({ firstName: '' }) }),
    status: 422,
    field: 'client.firstName',
  },
  {
    what: 'a person that is a list',
    as: 'referrer',
    to: 'POST /referrals',
    body: send({ client: [] }),
    status: 422,
    field: 'client',
  },
  {
    what: 'a note of 200 kB',
    as: 'referrer',
    to: 'POST /referrals',
    body: send({ note: BIG }),
    status: 422,
    field: 'note',
  },
  {
    what: 'somebody who could come to harm',
    as: 'referrer',
    to: 'POST /referrals',
    body: send({ couldComeToHarm: true }),
    status: 422,
  },
  {
    what: 'an Idempotency-Key with spaces',
    as: 'referrer',
    to: 'POST /referrals',
    body: send({}),
    headers: { 'idempotency-key': 'my key' },
    status: 422,
    field: 'Idempotency-Key',
  },
  {
    what: 'an Idempotency-Key of 300 characters',
    as: 'referrer',
    to: 'POST /referrals',
    body: send({}),
    headers: { 'idempotency-key': 'k'.repeat(300) },
    status: 422,
    field: 'Idempotency-Key',
  },
  {
    what: 'a draft changed without If-Match',
    as: 'referrer',
    to: ({ draft }) => `PATCH /referrals/drafts/${draft}`,
    body: { reasons: ['food'] },
    status: 428,
  },
  {
    what: 'a draft changed under an old version',
    as: 'referrer',
    to: ({ draft }) => `PATCH /referrals/drafts/${draft}`,
    body: { reasons: ['food'] },
    headers: IF(7),
    status: 412,
  },
  {
    what: 'a draft sent half empty',
    as: 'referrer',
    to: ({ draft }) => `POST /referrals/${draft}/send`,
    body: { couldComeToHarm: false },
    status: 422,
  },
  {
    what: 'closing what is with triage',
    to: ({ sent }) => `POST /referrals/${sent}/close`,
    as: 'scheme_manager',
    body: { result: 'helped', reason: 'done', mayAskAgain: true, noResponseBecause: 'declined' },
    status: 409,
    says: { from: 'sent', action: 'close' },
  },
  {
    what: 'accepting what is closed',
    to: ({ closed }) => `POST /referrals/${closed}/accept`,
    as: 'scheme_manager',
    body: {},
    status: 409,
    says: { from: 'closed', action: 'accept' },
  },
  {
    what: 'resuming what is not held',
    to: ({ active }) => `POST /referrals/${active}/resume`,
    body: {},
    status: 409,
    says: { from: 'active', action: 'resume' },
  },
  {
    what: 'a hold until yesterday',
    to: ({ active }) => `POST /referrals/${active}/hold`,
    body: { reason: 'away', resumeOn: '2026-11-22' },
    status: 422,
    field: 'resumeOn',
  },
  {
    what: 'a next date in three years',
    to: ({ active }) => `POST /referrals/${active}/next`,
    body: { nextOn: '2029-11-22' },
    status: 422,
    field: 'nextOn',
  },
  {
    what: 'a result nobody can choose',
    to: ({ active }) => `POST /referrals/${active}/close`,
    body: { result: 'died', reason: 'done', mayAskAgain: true },
    status: 422,
    field: 'result',
  },
  {
    what: 'allocating to nobody',
    to: ({ active }) => `POST /referrals/${active}/allocate`,
    as: 'scheme_manager',
    body: { workerId: newId() },
    status: 422,
    field: 'workerId',
  },
  {
    what: 'a status nobody knows',
    as: 'referrer',
    to: 'GET /referrals?status=lost',
    status: 422,
    field: 'status',
  },
  {
    what: 'a self-referral to no scheme',
    as: null,
    to: `POST /schemes/${newId()}/self-referrals`,
    body: { client: aPerson(), reasons: ['food'], agreed: true, couldComeToHarm: false },
    status: 404,
  },

  // Contacts, appointments, outcomes
  {
    what: 'a contact without the next date',
    to: ({ active }) => `POST /referrals/${active}/contacts`,
    body: { ...CONTACT, nextOn: undefined },
    status: 422,
    field: 'nextOn',
  },
  {
    what: 'a contact tomorrow',
    to: ({ active }) => `POST /referrals/${active}/contacts`,
    body: { ...CONTACT, at: '2026-11-24T10:00:00Z' },
    status: 422,
    field: 'at',
  },
  {
    what: 'a moment without a zone',
    to: ({ active }) => `POST /referrals/${active}/contacts`,
    body: { ...CONTACT, at: '2026-11-20T10:00:00' },
    status: 422,
    field: 'at',
  },
  {
    what: 'minus five minutes',
    to: ({ active }) => `POST /referrals/${active}/contacts`,
    body: { ...CONTACT, minutes: -5 },
    status: 422,
    field: 'minutes',
  },
  {
    what: 'an infinite number of minutes',
    to: ({ active }) => `POST /referrals/${active}/contacts`,
    raw: JSON.stringify({ ...CONTACT, minutes: 0 })
      .replace(':0}', ':1e999}')
      .replace('"minutes":0', '"minutes":1e999'),
    headers: json,
    status: 422,
    field: 'minutes',
  },
  {
    what: 'a contact on a closed referral',
    to: ({ closed }) => `POST /referrals/${closed}/contacts`,
    body: CONTACT,
    status: 409,
  },
  {
    what: 'an appointment at 25:00',
    to: ({ active }) => `POST /referrals/${active}/appointments`,
    body: { ...MEETING, time: '25:00' },
    status: 422,
    field: 'time',
  },
  {
    what: 'an appointment in the hour that is skipped',
    to: ({ active }) => `POST /referrals/${active}/appointments`,
    body: { ...MEETING, on: '2027-03-28', time: '01:30' },
    status: 422,
    field: 'time',
  },
  {
    what: 'an appointment nowhere',
    to: ({ active }) => `POST /referrals/${active}/appointments`,
    body: { ...MEETING, kind: 'place' },
    status: 422,
    field: 'place',
  },
  {
    what: 'a cancelled appointment cancelled',
    to: ({ appointment }) => `POST /appointments/${appointment}/cancel`,
    body: { side: 'client', reason: 'unwell' },
    status: 409,
    says: { from: 'cancelled', action: 'cancel' },
  },
  {
    what: 'an answer of 11 out of 10',
    to: ({ active }) => `POST /referrals/${active}/responses`,
    body: { ...ONS4, answers: { ...ONS4.answers, happy: 11 } },
    status: 422,
    field: 'answers.happy',
  },
  {
    what: 'an answer to no question',
    to: ({ active }) => `POST /referrals/${active}/responses`,
    body: { ...ONS4, answers: { ...ONS4.answers, rich: 1 } },
    status: 422,
    field: 'answers.rich',
  },
  {
    what: 'a questionnaire nobody knows',
    to: ({ active }) => `POST /referrals/${active}/responses`,
    body: { ...ONS4, measure: 'mood' },
    status: 422,
    field: 'measure',
  },
  {
    what: 'answers that are a list',
    to: ({ active }) => `POST /referrals/${active}/responses`,
    body: { ...ONS4, answers: [4, 5, 3, 8] },
    status: 422,
    field: 'answers',
  },

  // Onward referrals
  {
    what: 'an offer that asks for nothing',
    to: ({ active }) => `POST /referrals/${active}/onward-referrals`,
    body: { ...offerOf(newId()), needs: [] },
    status: 422,
    field: 'needs',
  },
  {
    what: 'an offer of a service nobody has',
    to: ({ active }) => `POST /referrals/${active}/onward-referrals`,
    body: { ...offerOf(newId()), agreement: agreement() },
    status: 404,
  },
  {
    what: 'an offer for a thousand people',
    to: ({ active }) => `POST /referrals/${active}/onward-referrals`,
    body: { ...offerOf(newId()), people: 1000 },
    status: 422,
    field: 'people',
  },
  {
    what: 'a yes after a no',
    as: 'provider_member',
    to: ({ declined }) => `POST /onward-referrals/${declined}/accept`,
    body: {},
    status: 409,
    says: { from: 'declined', action: 'accept' },
  },
  {
    what: 'a start before a yes',
    as: 'provider_member',
    to: ({ offer }) => `POST /onward-referrals/${offer}/start`,
    body: { on: '2026-11-23', by: 'help_given' },
    status: 409,
    says: { from: 'offered', action: 'start' },
  },
  {
    what: '"did you get in touch?" before a yes',
    as: 'provider_member',
    to: ({ offer }) => `POST /onward-referrals/${offer}/in-touch`,
    body: { reached: true },
    status: 409,
    says: { from: 'offered', action: 'inTouch' },
  },
  {
    what: '"did you get in touch?" without an answer',
    as: 'provider_member',
    to: ({ accepted }) => `POST /onward-referrals/${accepted}/in-touch`,
    body: { reached: 'perhaps' },
    status: 422,
    field: 'reached',
  },
  {
    what: 'a no without a reason',
    as: 'provider_member',
    to: ({ offer }) => `POST /onward-referrals/${offer}/decline`,
    body: {},
    status: 422,
    field: 'reason',
  },
  {
    what: '"in touch by" yesterday',
    as: 'provider_member',
    to: ({ offer }) => `POST /onward-referrals/${offer}/accept`,
    body: { inTouchBy: '2026-11-20' },
    status: 422,
    field: 'inTouchBy',
  },
  {
    what: 'attendance tomorrow',
    as: 'provider_member',
    to: ({ accepted }) => `POST /onward-referrals/${accepted}/attendance`,
    body: { sessionOn: '2026-11-24', result: 'attended' },
    status: 422,
    field: 'sessionOn',
  },
  {
    what: 'safety instructions as a story',
    as: 'link_worker',
    to: ({ offer }) => `POST /onward-referrals/${offer}/safety-instructions`,
    body: { safetyInstructions: ['He threw a chair in 2019'] },
    status: 422,
    field: 'safetyInstructions',
  },
  {
    what: 'no safety instructions at all',
    as: 'link_worker',
    to: ({ offer }) => `POST /onward-referrals/${offer}/safety-instructions`,
    body: {},
    status: 422,
    field: 'safetyInstructions',
  },
  {
    what: 'safety instructions to a group that said no',
    as: 'link_worker',
    to: ({ declined }) => `POST /onward-referrals/${declined}/safety-instructions`,
    body: { safetyInstructions: ['meet_in_pairs'] },
    status: 409,
    says: { from: 'declined', action: 'setSafety' },
  },
  {
    what: 'a signpost to nothing',
    to: ({ active }) => `POST /referrals/${active}/signposts`,
    body: { toldOn: '2026-11-23', how: 'phone' },
    status: 422,
    field: 'toldAbout',
  },

  // Providers and services
  {
    what: 'a latitude of 91',
    as: 'provider_member',
    to: 'POST /listings',
    body: { organisationId: newId(), name: 'Lunch', description: 'Lunch', latitude: 91, longitude: 0 },
    status: 422,
    field: 'latitude',
  },
  {
    what: 'a session at noonish',
    as: 'provider_member',
    to: 'POST /listings',
    body: {
      organisationId: newId(),
      name: 'Lunch',
      description: 'Lunch',
      schedule: [{ day: 'monday', from: 'noonish', to: '14:00', every: 'week' }],
    },
    status: 422,
    field: 'schedule.0.from',
  },
  {
    what: 'a service of somebody else',
    as: 'provider_member',
    to: 'POST /listings',
    body: { organisationId: newId(), name: 'Lunch', description: 'Lunch' },
    status: 404,
  },
  {
    what: 'a service published twice',
    as: 'scheme_manager',
    to: ({ group }) => `POST /listings/${group.listingId}/publish`,
    status: 409,
    says: { from: 'published', action: 'publish' },
  },
  {
    what: 'minus one place',
    as: 'provider_member',
    to: ({ group }) => `POST /listings/${group.listingId}/places`,
    body: { kind: 'counted', total: -1 },
    status: 422,
    field: 'total',
  },
  {
    what: 'a profile without If-Match',
    as: 'provider_member',
    to: ({ group }) => `PATCH /providers/${group.organisationId}`,
    body: { dress: 'Any' },
    status: 428,
  },
  {
    what: 'a profile under an old version',
    as: 'provider_member',
    to: ({ group }) => `PATCH /providers/${group.organisationId}`,
    body: { dress: 'Any' },
    headers: IF(99),
    status: 412,
  },
  { what: 'a search nearby nowhere', to: 'GET /listings?near=nowhere', status: 422, field: 'near' },
  {
    what: 'a search within no miles',
    to: 'GET /listings?near=51.8,1.1&withinMiles=0',
    status: 422,
    field: 'withinMiles',
  },

  // People, scheme, team, tasks, figures
  {
    what: 'an organisation of no kind',
    as: 'scheme_manager',
    to: 'POST /organisations',
    body: { name: 'Mill Lane', kind: 'pub' },
    status: 422,
    field: 'kind',
  },
  {
    what: 'an ODS code with a dash',
    as: 'scheme_manager',
    to: 'POST /organisations',
    body: { name: 'Mill Lane', kind: 'gp_practice', odsCode: 'F8-1' },
    status: 422,
    field: 'odsCode',
  },
  {
    what: 'a role nobody has',
    as: 'administrator',
    to: 'POST /invitations',
    body: { ...INVITE, role: 'king' },
    status: 422,
    field: 'role',
  },
  {
    what: 'an invitation into no organisation',
    as: 'administrator',
    to: 'POST /invitations',
    body: INVITE,
    status: 422,
    field: 'organisationId',
  },
  {
    what: 'a setting out of its limits',
    as: 'administrator',
    to: 'PATCH /scheme',
    body: { settings: { replyWithinDays: 100_000 } },
    headers: IF(1),
    status: 422,
    field: 'settings.replyWithinDays',
  },
  {
    what: 'a setting nobody knows',
    as: 'administrator',
    to: 'PATCH /scheme',
    body: { settings: { colour: 'red' } },
    headers: IF(1),
    status: 422,
    field: 'settings.colour',
  },
  {
    what: 'leave that ends before it starts',
    to: 'POST /covers',
    body: { workerId: 'ME', reason: 'leave', startsOn: '2026-12-05', endsOn: '2026-12-01' },
    status: 422,
    field: 'endsOn',
  },
  {
    what: 'back from nowhere',
    to: ({ people }) => `POST /link-workers/${people.link_worker.actor.membershipId}/back`,
    status: 409,
    says: { from: 'at work', action: 'back' },
  },
  { what: 'a task of nobody', to: `POST /tasks/${newId()}/finish`, status: 404 },
  { what: 'a list of tasks of no kind', to: 'GET /tasks?whose=theirs', status: 422, field: 'whose' },
  {
    what: 'figures from a day that is none',
    as: 'scheme_manager',
    to: 'GET /figures/overview?from=2026-02-30',
    status: 422,
    field: 'from',
  },
];

describe('what is refused', () => {
  let betony: TestApp;
  let world: World;
  let watch: WriteWatch;

  beforeAll(async () => {
    betony = await startApp();
    const scheme = await aScheme(betony);
    const group = await aGroup(scheme, { places: 3 });
    const people = {
      link_worker: await aMember(scheme, 'link_worker'),
      scheme_manager: await aMember(scheme, 'scheme_manager'),
      referrer: await aMember(scheme, 'referrer'),
      administrator: await aMember(scheme, 'administrator'),
      commissioner: await aMember(scheme, 'commissioner'),
      provider_member: group.member,
    };
    const worker = people.link_worker;
    const made = async (who: TestMember, url: string, payload: object) => {
      const answer = await betony.inject({
        method: 'POST',
        url: `/api/v1${url}`,
        headers: who.headers,
        payload,
      });
      expect(answer.statusCode).toBeLessThan(300);
      return answer.json<{ id: string }>().id;
    };
    const { referralId: active, clientId: client } = await aCase(scheme, worker).begun();
    const appointment = await made(worker, `/referrals/${active}/appointments`, MEETING);
    await made(worker, `/appointments/${appointment}/cancel`, { side: 'client', reason: 'unwell' });
    const opened = aPerson();
    await aClient(scheme, opened);
    world = {
      scheme,
      people,
      group,
      client,
      active,
      closed: (await aCase(scheme, worker).closed()).referralId,
      sent: (await aReferral(scheme).from(people.referrer)).id,
      draft: await made(people.referrer, '/referrals/drafts', { reasons: ['loneliness'] }),
      offer: await anOffer(scheme, await aSentCase(scheme, { worker }), group),
      accepted: await anOffer(scheme, await aSentCase(scheme, { worker }), group).accepted(),
      declined: await anOffer(scheme, await aSentCase(scheme, { worker }), group).declined(),
      appointment,
      elsewhere: await aClient(await aScheme(betony)),
      glass: await made(worker, '/break-glass', {
        nhsNumber: opened.nhsNumber,
        reason: 'They rang in distress',
      }),
    };
    watch = await watchWrites(betony.database);
  }, 60_000);
  afterAll(async () => {
    await watch.stop();
    await betony.stop();
  });

  /** What the table cannot know when it is written. */
  const filled = (body: unknown): unknown =>
    JSON.parse(
      JSON.stringify(body)
        .replace('"SELF"', JSON.stringify(world.client))
        .replace('"ME"', JSON.stringify(world.people.link_worker.actor.membershipId)),
    );

  const ask = (bad: Bad) => {
    const to = typeof bad.to === 'string' ? bad.to : bad.to(world);
    const [method = '', url = ''] = to.split(SPACE);
    const who = bad.as === null ? null : world.people[bad.as ?? 'link_worker'];
    const payload = bad.raw ?? (bad.body === undefined ? undefined : (filled(bad.body) as object));
    return betony.inject({
      method: method as 'GET',
      url: `/api/v1${url}`,
      headers: { ...who?.headers, ...bad.headers },
      ...(payload === undefined ? {} : { payload }),
    });
  };

  it('is tried in more than sixty ways', () => {
    expect(new Set(BAD.map(({ what }) => what)).size).toBe(BAD.length);
    expect(BAD.length).toBeGreaterThan(60);
  });

  it.each(BAD.map((bad) => [bad.what, bad] as const))('%s', async (_what, bad) => {
    await watch.written();
    const answer = await ask(bad);
    const said = answer.json<{
      status: number;
      detail: string;
      errors?: { field: string; message: string }[];
    }>();
    const fields = said.errors?.map(({ field }) => field);
    expect({ status: answer.statusCode, said }).toMatchObject({
      status: bad.status,
      said: { status: bad.status },
    });
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(said.detail.length).toBeGreaterThan(5);
    if (bad.field !== undefined) expect(fields).toContain(bad.field);
    for (const { message } of said.errors ?? []) expect(message).toMatch(/^[A-Z"].{3,}/);
    if (bad.says) expect(said).toMatchObject({ ...bad.says, because: expect.stringMatching(/\w/) });
    expect(answer.body).not.toMatch(/at \w+ \(|node_modules|select |insert /);
    const written = Object.keys(await watch.written());
    expect(written.filter((table) => !bad.writes?.includes(table))).toEqual([]);
  });

  it('is not done twice: the same key is the same referral, and with another body refused', async () => {
    const body = aSend();
    const headers = { ...world.people.referrer.headers, 'idempotency-key': 'once-only-0001' };
    const post = (payload: object) =>
      betony.inject({ method: 'POST', url: '/api/v1/referrals', headers, payload });
    const first = await post(body);
    expect(first.statusCode).toBe(201);
    await watch.written();
    const again = await post(body);
    expect(again.json<{ id: string }>().id).toBe(first.json<{ id: string }>().id);
    expect(Object.keys(await watch.written()).filter((table) => table !== 'audit_entry')).toEqual([]);
    const other = await post({ ...body, reasons: ['housing'] });
    expect(other.statusCode).toBe(422);
    expect(await watch.written()).toEqual({});
  });

  it('is not done twice: the same person sent again by the same organisation, or under the same own id', async () => {
    const post = (payload: object) =>
      betony.inject({
        method: 'POST',
        url: '/api/v1/referrals',
        headers: world.people.referrer.headers,
        payload,
      });
    const body = aSend({ externalId: 'our-17' });
    const first = await post(body);
    expect(first.statusCode).toBe(201);
    expect((await post(body)).json<{ id: string }>().id).toBe(first.json<{ id: string }>().id);
    await watch.written();
    const twice = await post({ ...body, externalId: 'our-18' });
    expect(twice.statusCode).toBe(409);
    expect(await watch.written()).toEqual({});
  });
});
