import { HOW_WORDS, OTHER_BASIS_WORDS } from '../practice/practice.words.js';
import type { Form } from './forms.js';
import { choicesOf } from './words.js';
import { say, sayAll } from '../words/staff/staff-words.js';

type Answers = Form['values'];

/** What the page calls its one question: whether they agree, and how, or whether somebody decides for them. */
export const AGREED = 'agreed';
/** Chosen there where somebody else decides; who, and how, stands in boxes of its own. */
const ANOTHER = 'another';
/** Nobody has agreed: a stop where something would be sent, and nothing to keep in a draft. */
const NOBODY = 'no';

export const AGREED_CHOICES = sayAll({
  agreed: [
    ...choicesOf(HOW_WORDS).map(({ value, text }) => ({
      value,
      text: say('Yes, {{text}}', { text: text.toLowerCase() }),
    })),
    { value: ANOTHER, text: 'Somebody who may decide for them agrees' },
    { value: NOBODY, text: 'No, or nobody has asked yet' },
  ],
  deciders: choicesOf(OTHER_BASIS_WORDS),
  how: choicesOf(HOW_WORDS),
});

const isAgreement = (name: string): boolean => name.startsWith('agreement.');
/** The day is there from the beginning, so it alone says nothing. */
const isDay = (name: string): boolean => name.startsWith('agreement.agreedOn');

/** The answers of the page as the API has them. Boxes of somebody who decides count only where somebody does. */
export function withAgreement(answers: Answers): Answers {
  const { [AGREED]: agreed, ...others } = answers;
  if (agreed === undefined || agreed === '' || agreed === ANOTHER) return others;
  const kept = Object.entries(others).filter(([name]) => !isAgreement(name) || isDay(name));
  if (agreed === NOBODY) return Object.fromEntries(kept);
  return { ...Object.fromEntries(kept), 'agreement.basis': 'agreed', 'agreement.how': agreed };
}

/** A parent who decides also says on what footing somebody under 18 is referred, so that it is asked once. */
export function withFooting(answers: Answers): Answers {
  const decides = answers['agreement.basis'] === 'parental_responsibility' && !answers[FOOTING];
  return decides ? { ...answers, [FOOTING]: 'parental_responsibility' } : answers;
}
const FOOTING = 'client.underAgeBasis';

/** The same backwards, for answers that the API has and the page is to show. */
export function asAgreed(answers: Answers): Answers {
  const { 'agreement.basis': basis, 'agreement.how': how } = answers;
  if (answers[AGREED] || !basis) return answers;
  return { ...answers, [AGREED]: basis === 'agreed' ? (how ?? '') : ANOTHER };
}

/** The same where an agreement is only told if there is one: a page on which nobody said so says nothing of it. */
export function withAgreementIfSaid(answers: Answers): Answers {
  const said = withAgreement(answers);
  if (said['agreement.basis'] || said['agreement.how'] || answers[AGREED] === ANOTHER) return said;
  return Object.fromEntries(Object.entries(said).filter(([name]) => !isAgreement(name)));
}

/** What is wrong with an agreement stands beside the question of the page, unless its own box is open. */
export function besideAgreed(form: Form, what = 'this'): Form {
  const another = form.values[AGREED] === ANOTHER;
  const moved = another ? ['agreement'] : ['agreement', 'agreement.basis', 'agreement.how'];
  const found = moved.find((name) => form.wrong[name] !== undefined);
  if (found === undefined) return form;
  const unanswered = form.values[AGREED] === undefined || form.values[AGREED] === '';
  const message = unanswered
    ? say('Select yes if the person agrees to {{what}}', { what })
    : (form.wrong[found] ?? '');
  const links = moved.map((name) => `#${name}`);
  const at = form.errors.findIndex(({ href }) => links.includes(href));
  return {
    ...form,
    wrong: { ...form.wrong, [AGREED]: message },
    errors: form.errors
      .map((error, index) => (index === at ? { text: message, href: `#${AGREED}` } : error))
      .filter(({ href }) => !links.includes(href)),
  };
}
