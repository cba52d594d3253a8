import { NEEDS } from '../platform/words/needs.js';
import { compose, render, sayDate, sayDay, sayEnding, sayTime, TEMPLATES } from './message.words.js';

/**
 * P7: no health, faith or need words outside sign-in. Beginnings of words; those of the list of needs are added.
 */
const FORBIDDEN = [
  'health wellbeing well-being wellness medic doctor nurse surgery gp nhs patient clinic hospital hospice therap counsel',
  'mental depress anxi lonel isolat bereave grie debt money financ benefit hous homeless rent food hung carer caring',
  'disab illness ill unwell sick disease cancer dementia diabet pain medicine prescri symptom addict alcohol drug smok',
  'abuse violen refuge asylum immigra church mosque temple synagogue gurdwara chapel parish congregation faith pray',
  'relig god christ muslim islam jew hindu sikh buddh minister imam vicar rabbi worship bible quran',
  'befriend exercise diet weight suicid harm safeguard risk police death died dead',
].flatMap((line) => line.split(' '));

const words = (text: string): string[] => text.toLowerCase().match(/[a-z][a-z'-]*/g) ?? [];
const needWords = NEEDS.flatMap((need) => need.split('_')).filter(
  (word) => word.length > 4 && word !== 'other',
);

describe('templates', () => {
  it('are those the code asks for', () => {
    expect([...TEMPLATES.keys()].sort()).toEqual([
      'client.appointment',
      'client.frame',
      'client.measure',
      'digest',
      'group.assurance_lapsing',
      'group.do_not_contact',
      'group.frame',
      'group.group_closed',
      'group.how_did_it_go',
      'group.in_touch',
      'group.listing_check',
      'group.no_longer_needed',
      'group.offer_made',
      'group.reply_wanted',
      'inbox',
      'referrer.closing_summary',
      'referrer.frame',
    ]);
  });

  it.each([...TEMPLATES])('%s carries no word of health, faith or need', (_name, { subject, text }) => {
    const found = words(`${subject} ${text}`).filter((word) =>
      [...FORBIDDEN, ...needWords].some((stem) => word.startsWith(stem)),
    );
    expect(found).toEqual([]);
  });

  it.each([...TEMPLATES])('%s puts in only dates, counts, references and our own words', (_name, letter) => {
    const allowed = 'paragraphs signature count late link reply leave day time reference status why'.split(
      ' ',
    );
    const used = [...`${letter.subject} ${letter.text}`.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]);
    expect(used.filter((word) => !allowed.includes(word!))).toEqual([]);
  });

  it('the check above would find them', () => {
    const stems = [...FORBIDDEN, ...needWords];
    expect(
      words('Your lonely neighbour’s health, at St Mary’s Church').filter((word) =>
        stems.some((stem) => word.startsWith(stem)),
      ),
    ).toEqual(['lonely', 'health', 'church']);
  });
});

describe('rendering', () => {
  it('refuses a gap', () => {
    expect(() => render('client.appointment', { day: 'Monday' })).toThrow('wants the word time');
    expect(() => render('nothing', {})).toThrow('no template');
  });

  it('keeps what is put in to one line in a subject', () => {
    expect(render('client.appointment', { day: 'a\r\nBcc: x', time: '' }).subject).toBe(
      'A reminder for a Bcc: x',
    );
  });

  it('does not read what was put in', () => {
    expect(render('client.appointment', { day: '{{time}}', time: 'T' }).subject).toBe(
      'A reminder for {{time}}',
    );
  });

  const summary = (reference: string) => ({
    template: 'closing_summary',
    words: { reference, status: 'Closed: Done' },
  });

  it('one thing comes under its own subject, in three lines', () => {
    const letter = compose('referrer', [summary('BT-1')], { link: 'https://betony.example.org' });
    expect(letter.subject).toBe('News of BT-1');
    expect(letter.text.split('\n').filter(Boolean)).toEqual([
      'BT-1',
      'Closed: Done',
      'Sign in to read more: https://betony.example.org',
    ]);
  });

  it('several come as one digest, each once', () => {
    const letter = compose('referrer', [summary('BT-1'), summary('BT-2'), summary('BT-1')], { link: 'L' });
    expect(letter.subject).toBe('News of 2 referrals');
    expect(letter.text).toContain('BT-1\nClosed: Done\n\nBT-2\nClosed: Done');
  });
});

describe('dates and times as people say them', () => {
  it.each([
    ['2026-11-24T14:00:00Z', 'Tuesday 24 November', '2pm'],
    ['2026-06-15T08:30:00Z', 'Monday 15 June', '9:30am'],
    ['2026-06-15T23:30:00Z', 'Tuesday 16 June', '12:30am'],
    ['2026-11-24T12:00:00Z', 'Tuesday 24 November', 'midday'],
    ['2026-11-24T00:00:00Z', 'Tuesday 24 November', 'midnight'],
    ['2026-11-24T12:05:00Z', 'Tuesday 24 November', '12:05pm'],
  ])('%s', (at, day, time) => {
    expect([sayDay(new Date(at)), sayTime(new Date(at))]).toEqual([day, time]);
  });
});

it('a date far ahead has its year', () => {
  expect(sayDate('2027-03-01')).toBe('1 March 2027');
});

it.each([
  ['closed', 'done', 'Closed: Done'],
  ['not_taken_on', 'could_not_take', 'Not taken on: We could not take it'],
  ['withdrawn', 'moved', 'Withdrawn: Moved'],
  ['closed', 'died', 'Closed'],
  ['closed', 'other', 'Closed'],
  ['closed', null, 'Closed'],
])('%s because %s', (status, why, said) => {
  expect(sayEnding(status, why)).toBe(said);
});
