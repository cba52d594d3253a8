import type { Role } from '../platform/actor/actor.types.js';

interface Proposed {
  role: Role;
  triages: boolean;
  organisation: { refers: boolean; provides: boolean; active: boolean };
}

/** Why a role cannot be held in an organisation, by field, or null. A role that sends or answers needs one that does. */
export function membershipProblem({
  role,
  triages,
  organisation,
}: Proposed): { field: string; message: string } | null {
  if (!organisation.active) {
    return { field: 'organisationId', message: 'This organisation has closed. Choose another' };
  }
  if (role === 'referrer' && !organisation.refers) {
    return { field: 'role', message: 'This organisation does not send referrals. Change that first' };
  }
  if (role === 'provider_member' && !organisation.provides) {
    return { field: 'role', message: 'This organisation does not offer services. Change that first' };
  }
  if (triages && role !== 'link_worker') {
    return {
      field: 'triages',
      message: 'Only a link worker is given the triage queue; a manager has it already',
    };
  }
  return null;
}
