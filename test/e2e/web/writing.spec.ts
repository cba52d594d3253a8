import sql from 'sql-template-tag';
import { aCase } from '../../factories/caseload.js';
import { changeRow } from '../../factories/episodes.js';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { MessagesService } from '../../../src/reminders/messages.service.js';
import { statementsOf } from '../../support/count-queries.js';
import { aPageBrowser } from '../../support/pages.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { auditOf, rowsOf } from '../../support/records.js';
import { type ReminderDesk, reminderDesk } from '../../support/reminder-desk.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

const SAFE = {
  email: 'grace@example.org',
  phone: '07700 900123',
  safeToEmail: 'yes',
  safeToText: 'no',
} as const;
const WORDS = 'I tried to ring you today. You reach me on 07700 900456 until five.';

const CLOSED = {
  state: 'closed',
  owner_kind: null,
  owner_id: null,
  next_at: null,
  next_kind: null,
  ended_at: new Date(TEST_NOW),
  end_reason: 'done',
  end_side: 'client',
  result: 'helped',
};

describe('writing to a person', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let sam: TestMember;
  let desk: ReminderDesk;
  let clientId: string;
  let referralId: string;
  let here: string;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    desk = reminderDesk(scheme);
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
    ({ clientId, referralId } = await aCase(scheme, sam)
      .begun()
      .person({ firstName: 'Grace', lastName: 'Adeyemi', ...SAFE }));
    here = `/desk/people/${clientId}/write`;
  });
  afterAll(() => betony.stop());

  const browser = (who = sam) => aPageBrowser(betony, { who });
  const page = async (url = here) => (await browser().open(url)).body.replace(/\s+/g, ' ');
  const write = (more: object = {}) => browser().send(here, { channel: 'email', words: WORDS, ...more });
  const written = () =>
    rowsOf<{ id: string; words: string; takenBack: boolean }>(
      scheme,
      sql`select w.id, w.words, w.taken_back_at is not null as "takenBack" from written_message w
        join referral r on r.scheme_id = w.scheme_id and r.id = w.referral_id
        where r.scheme_id = ${scheme.id} and r.client_id = ${clientId} order by w.id`,
    );
  /** What goes out at this moment, as the ledger sends it, and that it goes this way. */
  const goesAt = async (at: string, by = ['email', SAFE.email]): Promise<string[]> => {
    await desk.work(at);
    const texts: string[] = [];
    for (const id of await betony.get(MessagesService).ready(systemActor(scheme.id, 'messages'))) {
      const claim = await betony.get(MessagesService).claim(scheme.id, id);
      if (claim === null) continue;
      expect([claim.channel, claim.to]).toEqual(by);
      await betony.get(MessagesService).settle(claim, 'sent', null);
      texts.push(`${claim.letter.subject}: ${claim.letter.text}`);
    }
    return texts;
  };
  const wrong = async (more: object, field = 'words'): Promise<string> => {
    const { statusCode, body } = await write(more);
    expect([statusCode, (await written()).length]).toEqual([422, 0]);
    return new RegExp(`href="#${field}">([^<]+)<`).exec(body)?.[1] ?? '';
  };

  it('says by which ways they may be written to, why by no other, and asks little of the database', async () => {
    expect(await page(`/desk/people/${clientId}`)).toContain(`href="${here}">Send a message`);
    const shown = await page();
    expect(shown).toContain('By text: they said that it is not safe');
    expect(shown).toContain('By post: nobody asked them whether it is safe');
    expect([...shown.matchAll(/type="radio" value="(\w+)"( checked)?/g)].map(([all]) => all)).toEqual([
      'type="radio" value="email" checked',
    ]);
    expect((await statementsOf(() => browser().open(here))).length).toBeLessThanOrEqual(6);
  });

  it('goes after five minutes in the worker’s words and name, once, and stands on the timeline', async () => {
    expect((await write()).headers.location).toBe(`${here}#written`);
    expect(await goesAt('2026-11-23T10:04:59Z')).toEqual([]);
    const [letter = '', ...more] = await goesAt('2026-11-23T10:05:00Z');
    expect([letter.split(':')[0], more]).toEqual(['A message for you', []]);
    expect(letter).toContain(`${WORDS}\n\nSam`);
    expect(await goesAt('2026-11-23T10:06:00Z')).toEqual([]);
    expect(await page()).toMatch(/How it stands <\/span><span>Sent<br>/);
    expect(await page(`/desk/people/${clientId}/timeline`)).toMatch(
      /We wrote to them.*I tried to ring you today/,
    );
    const [{ id } = { id: '' }] = await written();
    expect((await auditOf(scheme, id)).map(({ action }) => action)).toEqual(['writtenMessage.write']);
  });

  it('is posted where post was chosen, also to somebody who asked to be rung', async () => {
    await changeRow(scheme, 'client', clientId, {
      safe_to_write: 'yes',
      reach_through: 'phone',
      address: '1 High Street',
      postcode: 'CO15 1AA',
    });
    await write({ channel: 'letter' });
    const [letter, ...more] = await goesAt('2026-11-23T10:05:00Z', [
      'letter',
      'Grace Adeyemi\n1 High Street\nCO15 1AA',
    ]);
    expect([letter, more]).toEqual([expect.stringContaining(`${WORDS}\n\nSam`), []]);
    expect(await page()).toMatch(/How it stands <\/span><span>Sent<br>/);
  });

  it('is signed by whoever wrote it, as it was shown, whoever has the person by then', async () => {
    const mo = browser(await aMember(scheme, 'scheme_manager', { name: 'Mo Vale' }));
    const shown = await mo.send(`${here}/preview`, { channel: 'email', words: WORDS }, here);
    expect(shown.body).toContain(`${WORDS}\n\nMo`);
    await mo.send(here, { channel: 'email', words: WORDS });
    expect(await goesAt('2026-11-23T10:05:00Z')).toEqual([expect.stringContaining(`${WORDS}\n\nMo`)]);
    await write();
    const ada = await aMember(scheme, 'link_worker', { name: 'Ada Lunt' });
    await changeRow(scheme, 'referral', referralId, { owner_id: ada.actor.membershipId });
    expect(await goesAt('2026-11-23T10:15:00Z')).toEqual([expect.stringContaining(`${WORDS}\n\nSam`)]);
  });

  it('is signed by none of several who say it in one letter', async () => {
    const mo = browser(await aMember(scheme, 'scheme_manager', { name: 'Mo Vale' }));
    await mo.send(here, { channel: 'email', words: 'I rang you too.' });
    await write();
    const [letter = '', ...more] = await goesAt('2026-11-23T10:05:00Z');
    expect(more).toEqual([]);
    for (const words of [WORDS, 'I rang you too.']) expect(letter).toContain(words);
    expect(letter).not.toMatch(/^(?:Sam|Mo)\b/m);
  });

  it.each([
    ['before its message is made', false],
    ['when its message waits', true],
  ])(
    'goes no more once nobody works with the person, %s: somebody says it another way',
    async (_when, isMade) => {
      await write();
      if (isMade) await desk.work('2026-11-23T10:05:00Z');
      await changeRow(scheme, 'referral', referralId, CLOSED);
      expect(await goesAt('2026-11-23T10:05:00Z')).toEqual([]);
      const [{ id } = { id: '' }] = await written();
      expect(await desk.tasks(id)).toEqual(['written_message managers open']);
    },
  );

  it('of which nobody knows whether it arrived says so', async () => {
    await write();
    await desk.work('2026-11-23T10:05:00Z');
    const [message = ''] = await betony.get(MessagesService).ready(systemActor(scheme.id, 'messages'));
    const claim = await betony.get(MessagesService).claim(scheme.id, message);
    await betony.get(MessagesService).settle(claim!, 'unknown', 'ETIMEDOUT');
    const shown = await page();
    expect(shown).toMatch(/How it stands <\/span><span>Nobody knows whether it arrived<br>/);
    expect(shown).not.toContain('Not sent');
    expect(await desk.tasks(message)).toEqual(['message_unconfirmed membership open']);
  });

  it('waits for the morning, and is taken back until it goes, once more being the same', async () => {
    betony.clock.set('2026-11-23T21:00:00Z');
    const late = browser(await aMember(scheme, 'scheme_manager'));
    await late.send(here, { channel: 'email', words: WORDS });
    expect(await goesAt('2026-11-23T21:10:00Z')).toEqual([]);
    const [{ id } = { id: '' }] = await written();
    expect((await late.open(here)).body).toContain('Take it back');
    for (let times = 0; times < 2; times++) {
      expect((await late.send(`${here}/${id}/take-back`, {}, here)).statusCode).toBe(303);
    }
    expect(await written()).toMatchObject([{ takenBack: true }]);
    expect((await late.open(here)).body).toContain('Taken back');
    expect(await goesAt('2026-11-24T08:00:00Z')).toEqual([]);
    expect(await desk.tasks(id)).toEqual([]);
  });

  it('is not taken back once it has gone', async () => {
    await write();
    await goesAt('2026-11-23T10:05:00Z');
    const [{ id } = { id: '' }] = await written();
    const refused = await browser().send(`${here}/${id}/take-back`, {}, here);
    expect([refused.statusCode, refused.body]).toEqual([
      409,
      expect.stringContaining('It has gone out already'),
    ]);
  });

  it('is never quietly late: what did not go within a day is its owner’s to say', async () => {
    await write();
    const [{ id } = { id: '' }] = await written();
    expect(await goesAt('2026-11-24T10:05:00Z')).toEqual([]);
    expect(await goesAt('2026-11-24T11:04:59Z')).toEqual([]);
    expect(await desk.tasks(id)).toEqual([]);
    expect(await goesAt('2026-11-24T11:05:00Z')).toEqual([]);
    expect(await desk.tasks(id)).toEqual(['written_late membership open']);
  });

  it('is never quietly late where its message was made and nobody sent it', async () => {
    await write();
    const [{ id } = { id: '' }] = await written();
    await desk.work('2026-11-23T10:05:00Z');
    expect(await goesAt('2026-11-24T11:05:00Z')).toEqual([]);
    expect(await desk.tasks(id)).toEqual(['written_late membership open']);
  });

  it('stands as not sent where a text had no room for it beside another', async () => {
    await changeRow(scheme, 'client', clientId, {
      safe_to_email: 'no',
      safe_to_text: 'yes',
      phone: '+447700900123',
    });
    for (const words of ['first '.repeat(30), 'second '.repeat(28)]) {
      expect((await write({ channel: 'text', words })).statusCode).toBe(303);
    }
    await desk.work('2026-11-23T10:05:00Z');
    const [message = ''] = await betony.get(MessagesService).ready(systemActor(scheme.id, 'messages'));
    const claim = await betony.get(MessagesService).claim(scheme.id, message);
    await betony.get(MessagesService).settle(claim!, 'sent', null);
    expect([claim!.letter.text.includes('first'), claim!.letter.text.includes('second')]).toEqual([
      true,
      false,
    ]);
    expect(await page()).toMatch(/second second.*Not sent: say it another way.*first first.*Sent<br>/);
    const [, { id } = { id: '' }] = await written();
    expect(await desk.tasks(id)).toEqual(['written_message membership open']);
  });

  it('becomes its owner’s to say when the way closes before it goes', async () => {
    await write();
    await changeRow(scheme, 'client', clientId, { safe_to_email: 'no' });
    expect(await goesAt('2026-11-23T10:05:00Z')).toEqual([]);
    const [{ id } = { id: '' }] = await written();
    expect(await desk.tasks(id)).toEqual(['written_message membership open']);
    expect(await page()).toContain('Not sent: say it another way');
  });

  it('is shown as it will read, with nothing kept', async () => {
    await changeRow(scheme, 'client', clientId, { language: 'pl' });
    const { statusCode, body } = await browser().send(
      `${here}/preview`,
      { channel: 'email', words: WORDS },
      here,
    );
    expect(statusCode).toBe(200);
    expect(body).toMatch(
      /How it will read[^]*Wiadomość dla Ciebie[^]*Dzień dobry[^]*I tried to ring you today/,
    );
    expect(body).toContain(`>${WORDS}</textarea>`);
    expect(await written()).toEqual([]);
  });

  it('is shown again with other words by the same form, which then sends it, once', async () => {
    const form = { channel: 'email', _key: 'the-same-key' };
    for (const words of ['Please ring me.', WORDS]) {
      const { statusCode, body } = await browser().send(`${here}/preview`, { ...form, words }, here);
      expect([statusCode, body]).toEqual([200, expect.stringContaining(`>${words}</textarea>`)]);
    }
    expect(await rowsOf(scheme, sql`select 1 from idempotency_key where scheme_id = ${scheme.id}`)).toEqual(
      [],
    );
    for (let times = 0; times < 2; times++) await write(form);
    expect(await written()).toHaveLength(1);
  });

  it('refuses what would tell too much, what is too long for a text, and ways that are not safe', async () => {
    expect(await wrong({ words: 'See you at the church' })).toContain('Leave out “church”');
    expect(await wrong({ words: '' })).toContain('Enter an answer');
    expect(await wrong({ words: 'a'.repeat(1001) })).toContain('Use 1000 characters or fewer');
    expect(await wrong({ channel: 'text' }, 'channel')).toContain('not safe');
    await changeRow(scheme, 'client', clientId, { safe_to_text: 'yes', phone: '+447700900123' });
    expect(await wrong({ channel: 'text', words: 'word '.repeat(100) })).toContain('too long for a text');
  });

  it('is for those who work with the person, three times within a day, while somebody has them', async () => {
    const stranger = await aMember(scheme, 'link_worker');
    expect((await browser(stranger).open(here)).statusCode).toBe(404);
    const api = (path: string, who: TestMember, payload: object, to = clientId) =>
      betony.inject({
        method: 'POST',
        url: `/api/v1/clients/${to}/${path}`,
        headers: who.headers,
        payload,
      });
    const body = { channel: 'email', words: WORDS };
    expect((await api('written-messages', stranger, body)).statusCode).toBe(404);
    for (let times = 0; times < 3; times++) {
      expect((await api('written-messages', sam, body)).json()).toMatchObject({
        state: 'waiting',
        words: WORDS,
      });
    }
    expect((await write()).statusCode).toBe(409);
    expect((await written()).length).toBe(3);
    const { clientId: ended } = await aCase(scheme, sam).begun().closed().person(SAFE);
    const late = await api('written-messages', sam, body, ended);
    expect([late.statusCode, late.json()]).toMatchObject([409, { title: 'nobody-has-them' }]);
    expect(await page(`/desk/people/${ended}/write`)).toContain(
      'cannot be written to now: nobody works with them now',
    );
  });

  describe('many at once, from the caseload', () => {
    const person = async (details: object) => {
      const { clientId: of, referralId } = await aCase(scheme, sam).begun().person(details);
      return { of, row: `${referralId}.1` };
    };
    const count = async (of: string) =>
      (
        await rowsOf(
          scheme,
          sql`select 1 from written_message w join referral r on r.scheme_id = w.scheme_id and r.id = w.referral_id
            where r.scheme_id = ${scheme.id} and r.client_id = ${of}`,
        )
      ).length;
    const send = (verb: string, rows: string[], words: string) => {
      const body = new URLSearchParams([
        ['_csrf', sam.browser.formToken],
        ['_key', 'the-same-key'],
        ...rows.map((row) => ['row', row]),
        ['words', words],
      ]);
      return betony.inject({
        method: 'POST',
        url: `/desk/caseload/${verb}`,
        headers: { cookie: sam.browser.cookie, 'content-type': 'application/x-www-form-urlencoded' },
        payload: body.toString(),
      });
    };

    it('says who gets it how, who not and why, and how it reads in each language; then each gets it alone, once', async () => {
      const anna = await person({
        firstName: 'Anna',
        lastName: 'Nowak',
        language: 'pl',
        email: 'anna@example.org',
        safeToEmail: 'yes',
      });
      const femi = await person({
        firstName: 'Femi',
        lastName: 'Bello',
        phone: '+447700900321',
        safeToText: 'yes',
      });
      const ola = await person({ firstName: 'Ola', lastName: 'Silent', email: 'ola@example.org' });
      const rows = [anna.row, femi.row, ola.row];
      expect(await page('/desk/caseload')).toContain('Write to those chosen');
      expect((await send('write', rows, 'Please ring me.')).statusCode).toBe(200);
      const shown = (await send('write', rows, WORDS)).body.replace(/\s+/g, ' ');
      expect(shown).toMatch(/Anna NOWAK|NOWAK, Anna|Anna Nowak/);
      expect(shown).toContain('Not sent</span>: nobody asked them whether it is safe');
      expect(shown).toContain('Send it to 2');
      expect([...shown.matchAll(/How it will read: ([^<]+)</g)].map(([, how]) => how)).toEqual([
        'by e-mail, Polish',
        'by text, English',
      ]);
      expect([await count(anna.of), await count(femi.of)]).toEqual([0, 0]);
      for (let times = 0; times < 2; times++) {
        const done = (await send('write/send', rows, WORDS)).body.replace(/\s+/g, ' ');
        expect(done).toContain('Written to: 2 of 3');
        expect(done).toContain('There is no way that they said is safe');
      }
      expect([await count(anna.of), await count(femi.of), await count(ola.of)]).toEqual([1, 1, 0]);
    });

    it('is taken back from all of them at once, but for what has gone', async () => {
      const anna = await person({ firstName: 'Anna', email: 'anna@example.org', safeToEmail: 'yes' });
      const femi = await person({ firstName: 'Femi', email: 'femi@example.org', safeToEmail: 'yes' });
      const { body: done } = await send('write/send', [anna.row, femi.row], WORDS);
      const form = new URLSearchParams([
        ['_csrf', sam.browser.formToken],
        ...[...done.matchAll(/type="hidden" name="(row|made[^"]*)" value="([^"]+)"/g)].map(
          ([, name = '', value = '']): [string, string] => [name, value],
        ),
      ]);
      const [first = ''] = form.getAll('row').map((row) => form.get(`made.${row.split('.')[0]}`) ?? '');
      await changeRow(scheme, 'written_message', first, { goes_at: new Date('2026-11-23T10:00:00Z') });
      await desk.plan({ written_message: [first] });
      await desk.work('2026-11-23T10:01:00Z');
      const [message = ''] = await betony.get(MessagesService).ready(systemActor(scheme.id, 'messages'));
      await betony.get(MessagesService).claim(scheme.id, message);
      const takeBack = () =>
        betony.inject({
          method: 'POST',
          url: /action="([^"]+take-back)"/.exec(done)?.[1] ?? '',
          headers: {
            cookie: sam.browser.cookie,
            'content-type': 'application/x-www-form-urlencoded',
          },
          payload: form.toString(),
        });
      for (let times = 0; times < 2; times++) {
        const { body } = await takeBack();
        expect(body).toContain('Taken back: 1 of 2');
        expect(body).toContain('It has gone out already');
      }
      const rows = await rowsOf<{ id: string }>(
        scheme,
        sql`select id from written_message where scheme_id = ${scheme.id} and taken_back_at is null`,
      );
      expect(rows.map(({ id }) => id)).toEqual([first]);
    });

    it('refuses words that nobody may be sent before anybody is written to, and to write to nobody', async () => {
      const anna = await person({
        firstName: 'Anna',
        lastName: 'Nowak',
        email: 'anna@example.org',
        safeToEmail: 'yes',
      });
      const refused = await send('write/send', [anna.row], 'See you at the church');
      expect([refused.statusCode, refused.body]).toEqual([
        422,
        expect.stringContaining('Leave out “church”'),
      ]);
      expect(refused.body).toContain('>See you at the church</textarea>');
      expect((await send('write', [], '')).statusCode).toBe(422);
      expect(await count(anna.of)).toBe(0);
    });
  });
});
