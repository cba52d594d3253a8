import type { MarkRegisterInput, RegisterPerson, RegisterView } from '../../onward-referrals/register.dto.js';
import { WALK_INS_MAX } from '../../onward-referrals/register.types.js';
import type { FieldProblem } from '../../platform/errors/refusal.js';
import type { Speech } from '../words/speech.js';
import { choice, plainDigits } from './reply.forms.js';
import { registerWords } from './reply.words.js';

/** Names of what is asked of one person: short, since there is one for everybody on the page. */
export const whoField = (id: string): string => `w-${id}`;
export const manyField = (id: string): string => `n-${id}`;

const count = (text: string, least: number, most: number): number | null => {
  const number = /^\d{1,3}$/.test(text) ? Number(text) : -1;
  return number >= least && number <= most ? number : null;
};

/**
 * A register as somebody filled it in: marks for whoever was chosen, or by field what must be put right first. `all`:
 * nobody on it may be left out.
 */
export function readRegister(
  sent: Record<string, string>,
  people: readonly RegisterPerson[],
  all: boolean,
  t: Speech['t'],
): { input: MarkRegisterInput } | { problems: FieldProblem[] } {
  const problems: FieldProblem[] = [];
  const marks: MarkRegisterInput['marks'] = [];
  for (const { onwardReferralId, calledBy, people: most, result: before } of people) {
    const result = choice(registerWords(t), sent[whoField(onwardReferralId)]);
    if (result === null) {
      if (all || before !== null) {
        problems.push({
          field: whoField(onwardReferralId),
          message: t('reply.register.chooseCame', { name: calledBy }),
        });
      }
      continue;
    }
    const typed = plainDigits(sent[manyField(onwardReferralId)] ?? '').trim();
    const many = typed === '' ? null : count(typed, 0, most);
    if (typed !== '' && many === null) {
      const message = t('reply.register.wrongMany', { name: calledBy, most });
      problems.push({ field: manyField(onwardReferralId), message });
    }
    marks.push({ onwardReferralId, result, ...(many === null ? {} : { people: many }) });
  }
  const others = plainDigits(sent['walkIns'] ?? '').trim();
  const walkIns = others === '' ? 0 : count(others, 0, WALK_INS_MAX);
  if (walkIns === null) {
    const message = t('reply.register.wrongOthers', { most: WALK_INS_MAX });
    problems.push({ field: 'walkIns', message });
  }
  return problems.length > 0 || walkIns === null ? { problems } : { input: { marks, walkIns } };
}

/** Everybody marked alike: there was nothing to come to. */
export const didNotHappen = ({ people }: RegisterView): MarkRegisterInput => ({
  marks: people.map(({ onwardReferralId }) => ({ onwardReferralId, result: 'session_did_not_happen' })),
  walkIns: 0,
});

/** Whether what was sent is what the register says already. */
export const saysTheSame = (
  { people, walkIns }: RegisterView,
  { marks, walkIns: others = 0 }: MarkRegisterInput,
): boolean =>
  others === walkIns &&
  marks.length === people.length &&
  people.every(({ onwardReferralId, result, came }) =>
    marks.some(
      (mark) =>
        mark.onwardReferralId === onwardReferralId &&
        mark.result === result &&
        (mark.people ?? 1) === (came ?? 1),
    ),
  );
