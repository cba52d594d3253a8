import { validated } from '../../platform/http/validation.js';
import { AllocateInput } from '../../referrals/referral.dto.js';
import { sent } from '../layout/forms.js';
import { shapeOf } from '../layout/shape-of.js';
import { say } from '../words/staff/staff-words.js';

/** Who could take somebody on, with how many more fit. */
export const takersOf = (
  team: readonly { membershipId: string; name: string; room: number; absence: object | null }[],
): { value: string; text: string }[] =>
  team.map(({ membershipId, name, room, absence }) => ({
    value: membershipId,
    text: `${name}: ${absence ? 'away' : say('room for {{room}}', { room })}`,
  }));

/** To whom those chosen go, of a form that asks for other things of them as well. */
export function giveTo(body: unknown): Promise<AllocateInput> {
  const { workerId = '', overrideReason = '' } = sent(body);
  return validated(AllocateInput, shapeOf(AllocateInput, { workerId, overrideReason }));
}
