import { ROLES, type Role } from '../platform/actor/actor.types.js';
import { membershipProblem } from './membership.rules.js';

const problem = (role: Role, refers: boolean, provides: boolean, triages = false, active = true) =>
  membershipProblem({ role, triages, organisation: { refers, provides, active } })?.field ?? null;

describe('a role in an organisation', () => {
  it.each(ROLES)('%s fits one that both refers and provides', (role) => {
    expect(problem(role, true, true)).toBeNull();
  });

  it.each(ROLES)('%s in one that neither refers nor provides', (role) => {
    expect(problem(role, false, false)).toBe(
      role === 'referrer' || role === 'provider_member' ? 'role' : null,
    );
  });

  it.each(ROLES)('%s in one that only refers, or only provides', (role) => {
    expect(problem(role, true, false)).toBe(role === 'provider_member' ? 'role' : null);
    expect(problem(role, false, true)).toBe(role === 'referrer' ? 'role' : null);
  });

  it.each(ROLES)('%s in one that has closed', (role) => {
    expect(problem(role, true, true, false, false)).toBe('organisationId');
  });

  it.each(ROLES)('%s given the triage queue', (role) => {
    expect(problem(role, true, true, true)).toBe(role === 'link_worker' ? null : 'triages');
  });
});
