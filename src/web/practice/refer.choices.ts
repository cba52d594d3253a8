import { AGREED_CHOICES } from '../layout/agreement.js';
import { choicesOf, NEED_WORDS } from '../layout/words.js';
import { ACCESS_WORDS } from '../reply/reply.words.js';
import { FEEDBACK_WORDS, INTERPRETER_WORDS, REACH_WORDS, RISK_WORDS, SAFE_WORDS } from './practice.words.js';
import { sayAll } from '../words/staff/staff-words.js';

/** What a referral's questions can be answered with, wherever they are asked. */
export const CHOICES = sayAll({
  needs: choicesOf(NEED_WORDS),
  risks: choicesOf(RISK_WORDS),
  safe: choicesOf(SAFE_WORDS),
  reach: [{ value: '', text: 'By phone, text, e-mail or letter' }, ...choicesOf(REACH_WORDS)],
  interpreters: choicesOf(INTERPRETER_WORDS),
  feedback: choicesOf(FEEDBACK_WORDS),
  agreed: AGREED_CHOICES,
  access: choicesOf(ACCESS_WORDS),
});
