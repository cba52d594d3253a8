import { ENGLISH, everyTemplate, type Templates, withEnglish } from '../platform/messages/templates.js';
import { textSize } from '../platform/messages/text-size.rules.js';
import type { TemplateView } from './message.dto.js';
import {
  compose,
  type Frame,
  LEAVE_BY_TEXT,
  type Letter,
  sayAsked,
  sayDate,
  sayDay,
  sayTime,
} from './message.words.js';

const AT = new Date('2026-11-24T14:00:00Z');

/** What is put in where nobody real is meant. */
const madeUp = (): Record<string, string> => ({
  signature: 'Sam',
  keeper: '',
  name: 'Sam',
  reference: 'G-7KM2-9PQX',
  reply: 'https://betony.example.org/r/made-up',
  leave: 'I no longer help here: https://betony.example.org/r/made-up/leave',
  link: 'https://betony.example.org',
  status: 'Closed: Done',
  course: 'Sent on 3 November, spoken to since 9 November, ended on 20 November 2026.',
  next: 'Nothing is asked of you.',
  received: '2',
  reached: '1',
  ended: '1',
  waiting: '1',
  ...sayAsked(1),
  news: 'BT-7KM2-9PQX – Closed: Done\n',
  why: 'This person has found something else.',
  count: '3',
  number: '1',
  late: '1',
  paragraphs: '...',
  words: 'Ring a colleague: they are not back from a home visit',
  lapsesOn: sayDate('2027-03-01'),
  identity: '',
  phone: ': 01255 496 0123',
  code: '123 456',
  minutes: '10',
  days: '7',
  until: sayDate('2026-12-01'),
  privacy: 'https://betony.example.org/privacy',
  opening: 'You asked for new links for Lunch Together.',
  links: 'G-7KM2-9PQX (asked on 23 November): https://betony.example.org/r/made-up\n\n',
  group: 'Lunch Together',
  scheme: 'Our scheme',
  organisation: 'Mill Lane',
  program: 'Program Records system of Mill Lane',
  role: 'to send referrals',
  device: 'Firefox on Windows',
  what: 'Signing in takes your password alone again.',
});

const FRAMES: readonly string[] = ['client', 'group', 'referrer'] satisfies Frame[];

export const previewOf = (name: string, language: string): TemplateView | undefined =>
  previews(language).find((one) => one.name === name);

/** Every message as somebody would get it, with made-up words put in: those of a frame stand inside it. */
export function previews(language?: string): TemplateView[] {
  return everyTemplate()
    .filter((one) => language === undefined || language === one.language)
    .map(({ templates, name, language: of }): TemplateView => {
      const channel = name.endsWith('.text') ? 'text' : name.endsWith('.letter') ? 'letter' : 'email';
      const letter = written(templates, name, of, channel);
      const segments = channel === 'text' ? textSize(letter.text).segments : null;
      return { name, language: of, channel, ...letter, segments };
    });
}

function written(
  templates: Templates,
  name: string,
  language: string,
  channel: 'email' | 'text' | 'letter',
): Letter {
  const words = { ...madeUp(), ...(channel === 'text' ? { leave: LEAVE_BY_TEXT } : {}) };
  const [frame = '', item = ''] = name.split('.');
  const framed = FRAMES.includes(frame) && !['frame', 'thanks', 'keeper'].includes(item);
  const say = (of: string): Letter => {
    const said = { ...words, day: sayDay(AT, of), time: sayTime(AT, of) };
    return framed
      ? compose(frame as Frame, [{ template: item, words: said }], said, { channel, language: of })
      : templates.render(name, said, of);
  };
  const note = channel === 'text' ? null : templates.draftNote(language);
  return withEnglish(say(language), note, () => say(ENGLISH));
}
