import { AGREED_HOW, AGREEMENT_BASES, RECIPIENT_KINDS } from '../../../src/clients/agreement.types.js';
import {
  ETHNIC_CATEGORIES,
  FAITH_PREFERENCES,
  GENDERS,
  GLASS_FOUND_BY,
  GLASS_OUTCOMES,
  HOLD_REASONS,
  HOLDER_KINDS,
  INTERPRETERS,
  MERGE_KINDS,
  NO_NHS_NUMBER_REASONS,
  PLACE_SOURCES,
  REACH_THROUGH,
  SAFE_ANSWERS,
  SEXES,
  STANDINGS,
  UNDER_AGE_BASES,
} from '../../../src/clients/client.types.js';
import { LONE_WORKER_FLAGS } from '../../../src/clients/lone-worker-flag.types.js';
import {
  SAFEGUARDING_ABOUT,
  SAFEGUARDING_KINDS,
  SAFEGUARDING_OUTCOMES,
  SAFEGUARDING_STATES,
  SAFEGUARDING_TOLD,
} from '../../../src/clients/safeguarding.types.js';
import { checkLists } from '../../support/check-lists.js';
import { testDatabase, type TestDatabase } from '../../support/test-database.js';

describe('the lists of people and agreements', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());

  it('are the same in the code and in the database, and all of them', async () => {
    const lists: Record<string, readonly string[]> = {
      'client.standing': STANDINGS,
      'client.no_nhs_number_because': NO_NHS_NUMBER_REASONS,
      'client.under_age_basis': UNDER_AGE_BASES,
      'client.sex': SEXES,
      'client.gender': GENDERS,
      'client.ethnicity': ETHNIC_CATEGORIES,
      'client.safe_to_call': SAFE_ANSWERS,
      'client.safe_to_text': SAFE_ANSWERS,
      'client.safe_to_email': SAFE_ANSWERS,
      'client.safe_to_write': SAFE_ANSWERS,
      'client.safe_to_leave_message': SAFE_ANSWERS,
      'client.reach_through': REACH_THROUGH,
      'client.interpreter': INTERPRETERS,
      'client.faith_preference': FAITH_PREFERENCES,
      'client.place_found_by': PLACE_SOURCES,
      'client_reach.holder_kind': HOLDER_KINDS,
      'client_reach.why': HOLD_REASONS,
      'agreement.recipient_kind': RECIPIENT_KINDS,
      'agreement.basis': AGREEMENT_BASES,
      'agreement.how': AGREED_HOW,
      'client_merge.kind': MERGE_KINDS,
      'safeguarding.kind': SAFEGUARDING_KINDS,
      'safeguarding.about': SAFEGUARDING_ABOUT,
      'safeguarding.state': SAFEGUARDING_STATES,
      'safeguarding.outcome': SAFEGUARDING_OUTCOMES,
      'safeguarding_step.told': SAFEGUARDING_TOLD,
      'lone_worker_flag.code': LONE_WORKER_FLAGS,
      'break_glass.found_by': GLASS_FOUND_BY,
      'break_glass.outcome': GLASS_OUTCOMES,
    };
    const tables = [
      'client',
      'client_reach',
      'agreement',
      'client_merge',
      'break_glass',
      'gp_registration',
      'safeguarding',
      'safeguarding_step',
      'lone_worker_flag',
    ];
    const code = Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, [...list].sort()]));
    expect(await checkLists(database, tables)).toEqual(code);
  });
});
