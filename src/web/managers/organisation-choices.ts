import type { OrganisationView } from '../../identity/organisation.dto.js';
import { say } from '../words/staff/staff-words.js';

/** Organisations to choose one of, by name. Begins with none, so that none is chosen by accident. */
export const namesOf = (
  organisations: readonly Pick<OrganisationView, 'id' | 'name'>[],
): { value: string; text: string }[] => [
  { value: '', text: say('Choose one') },
  ...organisations.map(({ id, name }) => ({ value: id, text: name })),
];
