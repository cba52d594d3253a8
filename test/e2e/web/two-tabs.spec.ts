import sql from 'sql-template-tag';
import { aCase, type Case } from '../../factories/caseload.js';
import { aProvider } from '../../factories/providers.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { formsIn, type PageForm } from '../../support/page-forms.js';
import { rowsOf } from '../../support/records.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

interface Tabs {
  grace: Case;
  scheme: TestScheme;
  /** What somebody else does meanwhile, over the API. */
  does: (method: 'POST' | 'PUT' | 'PATCH', url: string, payload?: object) => Promise<string>;
}

interface Overtaken {
  /** Where the form is shown, and how its address ends. */
  shown: (tabs: Tabs) => Promise<string> | string;
  form: RegExp;
  typed: Record<string, string>;
  meanwhile: (tabs: Tabs, shown: string) => Promise<unknown>;
  /** What the page says of now, and still has of what was typed. */
  says: string[];
}

const NEXT = { 'nextOn.day': '3', 'nextOn.month': '12', 'nextOn.year': '2026' };
const risks = ({ grace, does }: Tabs) =>
  does('POST', `/referrals/${grace.referralId}/risks`, { risks: ['falls'] });
const called = ({ grace, does }: Tabs) =>
  does('POST', `/referrals/${grace.referralId}/next`, { nextOn: '2026-12-01' });
const arranged = async ({ grace, does }: Tabs) =>
  does('POST', `/referrals/${grace.referralId}/appointments`, {
    kind: 'phone',
    on: '2026-11-27',
    time: '10:00',
    minutes: 30,
  });
const movedIt = ({ does }: Tabs, shown: string) =>
  does('POST', `/appointments/${shown.split('/')[3] ?? ''}/move`, {
    on: '2026-11-28',
    time: '11:30',
    side: 'client',
    reason: 'unwell',
  });
const planned = async ({ grace, does }: Tabs) => {
  await does('POST', `/referrals/${grace.referralId}/plan`, {
    goals: [{ words: 'Go out on Sundays', importance: 8 }],
  });
};
const flag = ({ grace, does }: Tabs, code = 'daytime_only') =>
  does('POST', `/clients/${grace.clientId}/lone-worker-flags`, { code });

const FORMS: Record<string, Overtaken> = {
  'which risks are known': {
    shown: ({ grace }) => `/desk/referrals/${grace.referralId}/risks`,
    form: /\/risks$/,
    typed: { noKnownRisks: 'yes', note: 'She says none' },
    meanwhile: risks,
    says: ['Known risks: Falls', 'She says none'],
  },
  'the next date': {
    shown: ({ grace }) => `/desk/referrals/${grace.referralId}/next`,
    form: /\/next$/,
    typed: { ...NEXT, note: 'After her holiday' },
    meanwhile: called,
    says: ['Next date: Tue, 1 December 2026', 'After her holiday'],
  },
  'putting it on hold': {
    shown: ({ grace }) => `/desk/referrals/${grace.referralId}/hold`,
    form: /\/hold$/,
    typed: {
      reason: 'away',
      'resumeOn.day': '3',
      'resumeOn.month': '12',
      'resumeOn.year': '2026',
      note: 'In Wales',
    },
    meanwhile: called,
    says: ['Next date: Tue, 1 December 2026', 'In Wales'],
  },
  'closing it': {
    shown: ({ grace }) => `/desk/referrals/${grace.referralId}/close`,
    form: /\/close$/,
    typed: { result: 'helped', reason: 'done', mayAskAgain: 'no', note: 'All is well' },
    meanwhile: called,
    says: ['Next date: Tue, 1 December 2026', 'All is well'],
  },
  'closing what somebody closed': {
    shown: ({ grace }) => `/desk/referrals/${grace.referralId}/close`,
    form: /\/close$/,
    typed: { result: 'helped', reason: 'done', mayAskAgain: 'no', note: 'All is well' },
    meanwhile: ({ grace, does }) =>
      does('POST', `/referrals/${grace.referralId}/close`, {
        result: 'not_known',
        reason: 'could_not_reach',
        mayAskAgain: false,
        noResponseBecause: 'could_not_reach',
      }),
    says: ['cannot be closed as it stands now', 'What you wrote, which is kept nowhere', 'All is well'],
  },
  'moving an appointment': {
    shown: async (tabs) => `/desk/appointments/${await arranged(tabs)}/move`,
    form: /\/move$/,
    typed: {
      'on.day': '30',
      'on.month': '11',
      'on.year': '2026',
      time: '09:15',
      side: 'client',
      reason: 'unwell',
    },
    meanwhile: movedIt,
    says: ['When: Sat, 28 November 2026, 11:30', 'value="09:15"'],
  },
  'cancelling an appointment': {
    shown: async (tabs) => `/desk/appointments/${await arranged(tabs)}/cancel`,
    form: /\/cancel$/,
    typed: { side: 'client', reason: 'unwell', reasonNote: 'A cold' },
    meanwhile: movedIt,
    says: ['When: Sat, 28 November 2026, 11:30', 'value="A cold"'],
  },
  'who interprets': {
    shown: async (tabs) => `/desk/appointments/${await arranged(tabs)}`,
    form: /\/interpreter$/,
    typed: { kind: 'professional', language: 'pl', booking: 'booked', notFromMyCommunity: 'no' },
    meanwhile: movedIt,
    says: ['value="pl"'],
  },
  'that they died': {
    shown: ({ grace }) => `/desk/people/${grace.clientId}/death`,
    form: /\/death\/check$/,
    typed: { toldBy: 'Her son, by phone' },
    meanwhile: ({ grace, does }) =>
      does('PATCH', `/clients/${grace.clientId}`, { reachNote: 'Ring her son' }),
    says: ['Her son, by phone'],
  },
  'a step of the plan': {
    shown: async (tabs) => {
      await planned(tabs);
      return `/desk/people/${tabs.grace.clientId}/plan`;
    },
    form: /\/progress$/,
    typed: { status: 'reached' },
    meanwhile: async ({ grace, does }) =>
      does('PUT', `/plans/${await planOf(grace)}`, { goals: [{ words: 'Sing', importance: 9 }] }),
    says: ['You chose “Reached”', 'Sing'],
  },
  'that they agree to the plan': {
    shown: async (tabs) => {
      await planned(tabs);
      return `/desk/people/${tabs.grace.clientId}/plan/agree`;
    },
    form: /\/agree$/,
    typed: { how: 'phone', 'agreedOn.day': '23', 'agreedOn.month': '11', 'agreedOn.year': '2026' },
    meanwhile: async ({ grace, does }) =>
      does('PUT', `/plans/${await planOf(grace)}`, { goals: [{ words: 'Sing', importance: 9 }] }),
    says: ['They agree to version 2'],
  },
  'that a safety note was read': {
    shown: async (tabs) => {
      await flag(tabs);
      return `/desk/people/${tabs.grace.clientId}/safety-note`;
    },
    form: /\/safety-note$/,
    typed: {},
    meanwhile: (tabs) => flag(tabs, 'visit_in_pairs'),
    says: ['I have read this: go on'],
  },
};

let scheme: TestScheme;
const planOf = async ({ referralId }: Case): Promise<string> => {
  const [plan] = await rowsOf<{ id: string }>(
    scheme,
    sql`select id from plan where referral_id = ${referralId}`,
  );
  return plan?.id ?? '';
};

describe('two tabs', () => {
  let betony: TestApp;
  let sam: TestMember;
  let mina: TestMember;
  let tabs: Tabs;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
    mina = await aMember(scheme, 'scheme_manager', { name: 'Mina Patel' });
    const grace = await aCase(scheme, sam).person({ firstName: 'Grace', lastName: 'Obi' }).begun();
    tabs = {
      grace,
      scheme,
      does: async (method, url, payload = {}) => {
        const path = `/api/v1${url}`;
        const now = method === 'POST' ? null : await betony.inject({ url: read(url), headers: mina.headers });
        const answer = await betony.inject({
          method,
          url: path,
          headers: { ...mina.headers, ...(now && { 'if-match': String(now.headers['etag']) }) },
          payload,
        });
        if (answer.statusCode >= 300) throw new Error(`${url}: ${answer.body}`);
        return answer.json<{ id: string }>().id;
      },
    };
  });
  afterAll(() => betony.stop());

  const read = (url: string) =>
    url.startsWith('/plans/') ? `/api/v1/referrals/${tabs.grace.referralId}/plan` : `/api/v1${url}`;
  const open = async (url: string, ends: RegExp): Promise<PageForm> => {
    const { statusCode, body } = await betony.inject({ url, headers: { cookie: sam.browser.cookie } });
    expect([url, statusCode]).toEqual([url, 200]);
    const form = formsIn(body, url).find(({ action }) => ends.test(action));
    if (!form) throw new Error(`${url} has no such form`);
    return form;
  };
  const send = async ({ action, anyway }: PageForm, typed: Record<string, string>, who = sam) => {
    const answer = await betony.inject({
      method: 'POST',
      url: action,
      headers: { cookie: who.browser.cookie, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ ...anyway, ...typed }).toString(),
    });
    return {
      status: answer.statusCode,
      to: answer.headers.location,
      html: answer.body,
      body: answer.body.replace(/\s+/g, ' '),
    };
  };

  it.each(Object.entries(FORMS))(
    '%s is not written over what somebody changed meanwhile',
    async (_name, one) => {
      const url = await one.shown(tabs);
      let form = await open(url, one.form);
      // A death is looked at once more before it is recorded.
      if (form.action.endsWith('/check')) {
        const looked = await send(form, one.typed);
        form = formsIn(looked.html, form.action).find(({ action }) => action.endsWith('/death')) ?? form;
        delete form.anyway['_again'];
      }
      await one.meanwhile(tabs, url);
      const late = await send(form, one.typed);
      expect([late.status, late.body]).toEqual([412, expect.stringContaining('Check both versions')]);
      expect(late.body).toContain('Mina Patel changed this at 10:00');
      for (const text of one.says) expect(late.body).toContain(text);

      const again = formsIn(late.html, form.action).find(({ action }) => one.form.test(action));
      if (!again || form.action.endsWith('/death')) return;
      const done = await send(again, one.typed);
      expect([done.status, done.status === 303 ? '' : done.body]).toEqual([303, '']);
    },
  );

  it('a group somebody is never offered to again stays so, whoever takes an earlier word back', async () => {
    const organisationId = await aProvider(scheme, { name: 'Choir' });
    const page = `/desk/people/${tabs.grace.clientId}/never-offer`;
    await betony.inject({
      method: 'PUT',
      url: `/api/v1/clients/${tabs.grace.clientId}/never-offer/${organisationId}`,
      headers: mina.headers,
    });
    const form = await open(page, /\/remove$/);
    for (const method of ['DELETE', 'PUT'] as const)
      await betony.inject({
        method,
        url: `/api/v1/clients/${tabs.grace.clientId}/never-offer/${organisationId}`,
        headers: mina.headers,
      });
    const late = await send(form, {});
    expect([late.status, late.body]).toEqual([412, expect.stringContaining('Mina Patel changed this')]);
    const kept = await rowsOf(
      scheme,
      sql`select 1 from never_offer where client_id = ${tabs.grace.clientId}`,
    );
    expect(kept).toHaveLength(1);
  });

  it('the API refuses what was read before, where the version that was read is sent', async () => {
    const url = `/api/v1/referrals/${tabs.grace.referralId}`;
    const { headers } = await betony.inject({ url, headers: sam.headers });
    await called(tabs);
    const hold = (match: Record<string, string>) =>
      betony.inject({
        method: 'POST',
        url: `${url}/hold`,
        headers: { ...sam.headers, ...match },
        payload: { reason: 'away', resumeOn: '2026-12-03' },
      });
    expect((await hold({ 'if-match': String(headers['etag']) })).statusCode).toBe(412);
    expect((await hold({ 'if-match': 'rubbish' })).statusCode).toBe(412);
    expect((await hold({})).statusCode).toBe(200);
  });
});
