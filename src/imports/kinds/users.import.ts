import { ROLES, type Role } from '../../platform/actor/actor.types.js';
import { nameIn } from '../cell.rules.js';
import { EMAIL } from '../directory-words.rules.js';
import {
  type Checked,
  type GroupKind,
  type ListedUser,
  refusedFor,
  type RowWarning,
} from '../import.types.js';
import { tableOf } from './groups.import.js';

const SOURCE = 'Imported list of users';

/** What people call a role, beside its own name. */
const ROLE_NAMES: Record<string, Role> = {
  practice: 'referrer',
  link_worker: 'link_worker',
  manager: 'scheme_manager',
  group: 'provider_member',
  group_member: 'provider_member',
};

const roleOf = (cell: string): Role | undefined => {
  const word = cell
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_');
  return ROLES.find((role) => role === word) ?? ROLE_NAMES[word];
};

/** People to let in, a row each. One person may come in several rows, with another role or organisation in each. */
export const users: GroupKind = {
  apart: true,
  ...tableOf<ListedUser>(SOURCE, {
    name: 'users',
    describes: 'people to invite (CSV: name, email, role, organisation)',
    format: 'csv',
    columns: [
      ['name', 'full name'],
      ['email', 'e-mail', 'email address', 'e-mail address'],
      ['role'],
      ['organisation', 'team', 'practice', 'group'],
    ],
    key: ({ sourceId }) => sourceId,
    check({ cells }): Checked<ListedUser> {
      const cell = (column: string): string => (cells[column] ?? '').trim();
      const problems: RowWarning[] = [];
      const named = nameIn(cell('name'), 'name');
      if ('reason' in named) problems.push({ column: 'name', reason: named.reason });
      else if (named.name.length > 200)
        problems.push({ column: 'name', reason: 'Use 200 characters or fewer' });
      const email = cell('email').toLowerCase();
      if (!EMAIL.test(email) || email.length > 254) {
        problems.push({ column: 'email', reason: 'Enter an e-mail address, like sam@example.org' });
      }
      const role = roleOf(cell('role'));
      if (role === undefined) {
        const known = ROLES.join(', ').replaceAll('_', ' ');
        problems.push({ column: 'role', reason: `Use one of: ${known}` });
      }
      const organisation = cell('organisation');
      if (organisation === '') {
        problems.push({ column: 'organisation', reason: 'Name the organisation, or give its code' });
      } else if (organisation.length > 200) {
        problems.push({ column: 'organisation', reason: 'Use 200 characters or fewer' });
      }
      if (problems.length > 0 || 'reason' in named || role === undefined) return refusedFor(problems);
      const sourceId = [email, role, organisation.toLowerCase()].join('|');
      return {
        ok: true,
        warnings: named.warnings,
        value: { source: SOURCE, sourceId, name: named.name, email, role, organisation },
      };
    },
  }),
};
