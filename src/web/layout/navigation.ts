import type { Role } from '../../platform/actor/actor.types.js';
import { sayAll } from '../words/staff/staff-words.js';

interface Place {
  text: string;
  href: string;
}

const TODAY: Place = sayAll({ text: 'Today', href: '/desk/today' });
const CASELOAD: Place = sayAll({ text: 'Caseload', href: '/desk/caseload' });
const TRIAGE: Place = sayAll({ text: 'New referrals', href: '/desk/triage' });

const MANAGE: Place = sayAll({ text: 'Manage', href: '/desk/manage' });
const OVERVIEW: Place = sayAll({ text: 'Overview', href: '/desk/overview' });
const GROUPS: Place = sayAll({ text: 'Find a group', href: '/desk/find' });

const MORE: Place = sayAll({ text: 'More', href: '/desk/more' });
const TASKS: Place = sayAll({ text: 'To do', href: '/desk/tasks' });

/** Where each role goes from any page: five places at most. The first is where they begin. */
const NAVIGATION: Record<Role, readonly Place[]> = sayAll({
  referrer: [
    { text: 'Make a referral', href: '/desk/refer' },
    { text: 'Our referrals', href: '/desk/referrals' },
    TASKS,
    { text: 'Our practice', href: '/desk/practice' },
  ],
  link_worker: [TODAY, CASELOAD, TRIAGE, GROUPS, MORE],
  scheme_manager: [OVERVIEW, TRIAGE, CASELOAD, TASKS, MANAGE],
  provider_member: [
    { text: 'Our referrals', href: '/desk/group/referrals' },
    { text: 'Our services', href: '/desk/group/services' },
  ],
  commissioner: [OVERVIEW],
  administrator: [MANAGE, TASKS],
});

export const navigationFor = (role: Role, path: string): (Place & { current: boolean })[] =>
  NAVIGATION[role].map((place) => ({
    ...place,
    current: path === place.href || path.startsWith(`${place.href}/`),
  }));

/** Where somebody begins: the first place of their role, else their account. */
export const homeOf = (role: Role): string => NAVIGATION[role][0]?.href ?? '/desk/account';
