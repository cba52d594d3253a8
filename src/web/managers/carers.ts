import type { UserView } from '../../identity/user.dto.js';
import { ROLE_WORDS } from '../layout/words.js';

/** Those who may have people in hand. */
export const CARERS = ['link_worker', 'scheme_manager'] as const;

/** Link workers and managers who are here, as a list to choose from: each by the role in which they would be named. */
export const carersOf = (users: readonly UserView[]): { value: string; text: string }[] =>
  users
    .filter(({ disabled }) => !disabled)
    .flatMap(({ name, memberships }) =>
      memberships
        .filter(({ role, state }) => state === 'live' && (CARERS as readonly string[]).includes(role))
        .map(({ id, role }) => ({ value: id, text: `${name}, ${ROLE_WORDS[role].toLowerCase()}` })),
    );
