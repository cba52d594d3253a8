import sql from 'sql-template-tag';
import { AgreementsService } from '../../../src/clients/agreements.service.js';
import { ClientsService } from '../../../src/clients/clients.service.js';
import { OnwardParticipation } from '../../../src/onward-referrals/onward-participation.service.js';
import {
  aCase,
  aGroup,
  agreement,
  anOffer,
  inScheme,
  offerOf,
  type TestCase,
  type TestGroup,
} from '../../factories/onward.js';
import { changeRow } from '../../factories/episodes.js';
import { aProgram } from '../../factories/programs.js';
import { aScheme, type TestScheme } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';

const PERSON = {
  nhsNumber: '9990000018',
  firstName: 'Gracious',
  knownAs: 'Grace',
  lastName: 'Okoro-Whitby',
  dateOfBirth: '1951-03-02',
  sex: 'female',
  phone: '+447700900123',
  email: 'grace.okoro@example.org',
  address: '14 Marine Parade',
  postcode: 'CO15 1AB',
  accessNeeds: ['step_free'],
  language: 'yo',
  interpreter: 'professional',
  reachNote: 'After five',
} as const;

/** Whatever names or finds the person, and must not be anywhere in an answer before a yes. */
const SECRETS = [
  PERSON.nhsNumber,
  PERSON.firstName,
  PERSON.lastName,
  '7700900123',
  PERSON.email,
  'Marine Parade',
  'CO15',
  '1951',
  'female',
  'After five',
  'a story of risk',
  'Dr Patel',
];

const ASKED = {
  calledBy: 'Grace',
  fullName: null,
  ageBand: '75 to 84',
  needs: ['loneliness'],
  helpNote: 'Company on weekdays',
  howSoon: 'within_two_weeks',
  safetyInstructions: ['meet_in_pairs'],
  accessNeeds: ['step_free'],
  language: 'yo',
  interpreter: 'professional',
  confirmed: ['women'],
  contact: null,
};
const NOTHING = Object.fromEntries(Object.keys(ASKED).map((field) => [field, null]));

describe('what a group sees', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let grace: TestCase;
  let group: TestGroup;
  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    betony.clock.set('2026-11-23T10:00:00Z');
    scheme = await aScheme(betony);
    grace = await aCase(scheme, {
      person: { ...PERSON, accessNeeds: [...PERSON.accessNeeds] },
      risks: ['violence_or_aggression'],
    });
    await inScheme(scheme, (tx) =>
      tx.run(sql`
        update referral set risk_note = 'a story of risk', note = 'a story of risk', sender_name = 'Dr Patel'
        where id = ${grace.referralId}`),
    );
    group = await aGroup(scheme, { places: 3, listing: { forWhom: 'women' } });
  });
  afterAll(async () => {
    await betony.stop();
  });

  const SAID = {
    helpNote: 'Company on weekdays',
    safetyInstructions: ['meet_in_pairs'] as ['meet_in_pairs'],
    confirmed: ['women'] as ['women'],
  };
  const offer = () => anOffer(scheme, grace, group, SAID);
  const read = async (path: string, who = group.member) => {
    const answer = await betony.inject({ method: 'GET', url: `/api/v1${path}`, headers: who.headers });
    expect(answer.statusCode).toBe(200);
    return answer;
  };
  const seen = async (id: string) => {
    const answer = await read(`/onward-referrals/${id}`);
    const inbox = (await read('/onward-referrals')).json<{ items: { id: string }[] }>();
    expect(inbox.items.find((one) => one.id === id)).toEqual(answer.json());
    return { view: answer.json<Record<string, unknown>>(), body: answer.body };
  };

  it.each(['offered', 'waitlisted'] as const)('%s: no more than it needs to answer', async (state) => {
    const id = await (state === 'offered' ? offer() : offer().waitlisted());
    const { view, body } = await seen(id);
    expect(view).toMatchObject({ step: 'asked', state, person: ASKED, pleaseDoNotContact: false });
    for (const secret of SECRETS) expect(body).not.toContain(secret);
    expect(body).not.toContain(grace.clientId);
    expect(body).not.toContain(grace.referralId);
  });

  it('a program of the group sees as much, but never how to reach somebody with a safety flag', async () => {
    const program = await aProgram(scheme, 'provider_member', { organisationId: group.organisationId });
    const id = await offer().accepted();
    const shown = async (who: { headers: { authorization: string } }) =>
      (await betony.inject({ url: `/api/v1/onward-referrals/${id}`, headers: who.headers })).json<{
        step: string;
        person: { fullName: string | null; contact: object | null };
      }>();
    expect((await shown(program)).person).toEqual((await shown(group.member)).person);
    expect((await shown(program)).person.contact).not.toBeNull();
    await changeRow(scheme, 'client', grace.clientId, { safety_flag: true });
    expect(await shown(program)).toMatchObject({
      step: 'taking_part',
      person: { fullName: null, contact: null },
    });
    for (const path of [`/onward-referrals/${id}`, '/onward-referrals']) {
      const { body } = await betony.inject({ url: `/api/v1${path}`, headers: program.headers });
      for (const secret of SECRETS) expect(body).not.toContain(secret);
    }
  });

  it.each(['accepted', 'started'] as const)('%s: who it is, and the way they chose', async (state) => {
    const id = await (state === 'accepted' ? offer().accepted() : offer().accepted().started());
    const { view, body } = await seen(id);
    expect(view).toMatchObject({
      step: 'taking_part',
      state,
      person: {
        ...ASKED,
        fullName: 'Gracious Okoro-Whitby',
        contact: { route: 'phone', value: '+447700900123', leaveMessage: false, note: 'After five' },
      },
    });
    for (const secret of [
      PERSON.nhsNumber,
      PERSON.email,
      'Marine Parade',
      'CO15',
      '1951',
      'female',
      'risk',
      'Patel',
    ]) {
      expect(body).not.toContain(secret);
    }
  });

  it.each([
    ['declined', () => offer().declined()],
    ['completed', () => offer().accepted().started().completed()],
    ['stopped', () => offer().accepted().started().stopped()],
    ['withdrawn', () => offer().accepted().withdrawn()],
    ['expired', () => offer().expired()],
  ] as const)('%s: whom not to contact again for 14 days, then only that it was', async (state, make) => {
    const id = await make();
    const { view, body } = await seen(id);
    expect(view).toMatchObject({
      step: 'just_ended',
      state,
      person: { ...NOTHING, calledBy: 'Grace' },
      pleaseDoNotContact: true,
      seenAt: null,
    });
    for (const secret of SECRETS) expect(body).not.toContain(secret);
    const said = await betony.inject({
      method: 'POST',
      url: `/api/v1/onward-referrals/${id}/seen`,
      headers: group.member.headers,
    });
    expect(said.statusCode).toBe(200);
    expect(said.json()).toMatchObject({ seenAt: betony.clock.now().toISOString() });

    betony.clock.advance({ days: 13, hours: 23 });
    expect((await seen(id)).view).toMatchObject({ step: 'just_ended' });
    betony.clock.advance({ hours: 1 });
    const past = await seen(id);
    expect(past.view).toMatchObject({ step: 'past', state, person: NOTHING, pleaseDoNotContact: false });
    expect(past.body).not.toContain('Grace');
    const shown = await inScheme(scheme, (tx) =>
      tx.rows(sql`
        select client_ids from audit_entry where action = 'onward.get' and subject_id = ${id} order by id desc limit 1`),
    );
    expect(shown).toEqual([{ client_ids: [] }]);
  });

  it('keeps its own attendance notes', async () => {
    const id = await offer().accepted();
    await betony.get(OnwardParticipation).attend(group.member.actor, id, {
      sessionOn: '2026-11-23',
      result: 'attended',
      note: 'Laughed a lot',
    });
    await betony
      .get(OnwardParticipation)
      .stop(grace.worker.actor, id, { reason: 'moved_away', side: 'client' });
    betony.clock.advance({ days: 60 });
    expect((await read(`/onward-referrals/${id}/attendance`)).json()).toMatchObject([
      { sessionOn: '2026-11-23', result: 'attended', note: 'Laughed a lot' },
    ]);
  });

  it('shows initials to whom asked for initials', async () => {
    const id = await anOffer(scheme, grace, group, { ...SAID, calledBy: 'initials' });
    expect((await seen(id)).view).toMatchObject({ person: { calledBy: 'G. O.' } });
  });

  it('shows initials from the moment somebody asks for them, however the offer was made', async () => {
    const id = await anOffer(scheme, grace, group, { ...SAID, calledBy: 'first_name' });
    expect((await seen(id)).view).toMatchObject({ person: { calledBy: 'Grace' } });
    const { version } = await inScheme(scheme, (tx) =>
      tx.one<{ version: number }>(sql`select version from client where id = ${grace.clientId}`),
    );
    await betony
      .get(ClientsService)
      .amend(grace.worker.actor, grace.clientId, version, { initialsOnly: true });
    const { view, body } = await seen(id);
    expect(view).toMatchObject({ person: { calledBy: 'G. O.' } });
    expect(body).not.toContain('Grace');
  });

  it('shows a live one as ended at the very next reading when the agreement is gone', async () => {
    const id = await offer().accepted();
    // Behind the product's back, so that nothing but the reading itself can notice.
    await inScheme(scheme, (tx) =>
      tx.run(sql`update agreement set withdrawn_at = ${tx.now} where client_id = ${grace.clientId}`),
    );
    const { view, body } = await seen(id);
    expect(view).toMatchObject({
      step: 'just_ended',
      state: 'withdrawn',
      person: { ...NOTHING, calledBy: 'Grace' },
      actions: [],
    });
    expect(body).not.toContain('7700900123');
    const inbox = async (state: string) =>
      (await read(`/onward-referrals?state=${state}`)).json<{ items: unknown[] }>().items.length;
    expect([await inbox('accepted'), await inbox('withdrawn')]).toEqual([0, 1]);
    const answer = await betony.inject({
      method: 'POST',
      url: `/api/v1/onward-referrals/${id}/start`,
      headers: group.member.headers,
      payload: { on: '2026-11-23', by: 'help_given' },
    });
    expect([answer.statusCode, answer.json<{ from: string }>().from]).toEqual([409, 'withdrawn']);
  });

  it('loses what is taken back of a wider agreement, and keeps the rest', async () => {
    const id = await offer().accepted();
    const { id: agreementId } = await inScheme(scheme, (tx) =>
      tx.one<{ id: string }>(sql`
        select id from agreement where client_id = ${grace.clientId} and organisation_id = ${group.organisationId}`),
    );
    await betony.get(AgreementsService).withdraw(grace.worker.actor, grace.clientId, agreementId, {
      scope: ['contact_details', 'access_needs'],
    });
    const { view, body } = await seen(id);
    expect(view).toMatchObject({
      step: 'taking_part',
      person: {
        ...ASKED,
        accessNeeds: null,
        language: null,
        interpreter: null,
        contact: { route: 'through_worker', value: null, leaveMessage: null, note: null },
      },
    });
    expect(body).not.toContain('7700900123');
  });

  it('stops showing a number the moment it is not safe', async () => {
    const id = await offer().accepted();
    await inScheme(scheme, (tx) =>
      tx.run(sql`update client set safe_to_call = 'no' where id = ${grace.clientId}`),
    );
    expect((await seen(id)).view).toMatchObject({
      person: { contact: { route: 'through_worker', value: null } },
    });
  });

  it('is exactly what the worker was shown before', async () => {
    const payload = offerOf(group.listingId, { ...SAID, agreement: agreement() });
    const answer = await betony.inject({
      method: 'POST',
      url: `/api/v1/referrals/${grace.referralId}/onward-referrals/preview`,
      headers: grace.worker.headers,
      payload,
    });
    expect(answer.statusCode).toBe(200);
    const preview = answer.json<{ whenAsked: unknown; afterYes: unknown; mayBeOffered: boolean }>();
    expect(preview).toMatchObject({ mayBeOffered: true, refusals: [], agreementMissing: [] });
    const kept = await inScheme(scheme, (tx) => tx.rows(sql`select id from onward_referral`));
    expect(kept).toEqual([]);
    const id = await offer();
    expect((await seen(id)).view['person']).toEqual(preview.whenAsked);
    await betony.inject({
      method: 'POST',
      url: `/api/v1/onward-referrals/${id}/accept`,
      headers: group.member.headers,
      payload: {},
    });
    expect((await seen(id)).view['person']).toEqual(preview.afterYes);
  });

  it('says in the preview everything that stands in the way', async () => {
    const full = await aGroup(scheme, { places: 0, listing: { needs: ['food'] } });
    const answer = await betony.inject({
      method: 'POST',
      url: `/api/v1/referrals/${grace.referralId}/onward-referrals/preview`,
      headers: grace.worker.headers,
      payload: offerOf(full.listingId, { contactRoute: 'text' }),
    });
    const preview = answer.json<{ refusals: string[]; agreementMissing: string[]; mayBeOffered: boolean }>();
    expect(preview.mayBeOffered).toBe(false);
    expect(preview.refusals).toHaveLength(7);
    expect(preview.agreementMissing).toEqual(['needs', 'contact_details', 'access_needs']);
  });

  it('is audited: every reading names whom it showed', async () => {
    const id = await offer();
    await read('/onward-referrals');
    const entries = await inScheme(scheme, (tx) =>
      tx.rows(sql`
        select action, client_ids, actor_id from audit_entry where action in ('onward.list', 'onward.get') order by id`),
    );
    expect(entries).toEqual([
      {
        action: 'onward.list',
        client_ids: [grace.clientId],
        actor_id: group.member.actor.membershipId,
      },
    ]);
    await read(`/onward-referrals/${id}`, grace.worker);
    const last = await inScheme(scheme, (tx) =>
      tx.rows(sql`select client_ids, subject_id from audit_entry where action = 'onward.get'`),
    );
    expect(last).toEqual([{ client_ids: [grace.clientId], subject_id: id }]);
  });
});
