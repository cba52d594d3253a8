import { GAP_ENDINGS, GAP_REASONS } from '../../../src/onward-referrals/gap.types.js';
import {
  ANSWERED_THROUGH,
  ANSWERS,
  ATTENDANCE,
  CALLED_BY,
  CLOCK_STOPS,
  CONTACT_ROUTES,
  END_REASONS,
  HOW_SOON,
  ONLY_FOR,
  ONWARD_STATES,
  RESULTS,
  SAFETY_INSTRUCTIONS,
  SIGNPOST_HOW,
  STARTED_BY,
  TALK_BY,
  TO_ACT,
} from '../../../src/onward-referrals/onward.types.js';
import { APPROVAL_STATES, OWN_SERVICE } from '../../../src/onward-referrals/offer-approval.types.js';
import { CONCERN_KINDS, CONCERN_OUTCOMES, TOLD_BY } from '../../../src/onward-referrals/concern.types.js';
import { SIDES } from '../../../src/platform/pure/lifecycle.js';
import { PRESENCES } from '../../../src/platform/words/circumstances.js';
import { REGISTER_STATES } from '../../../src/onward-referrals/register.types.js';
import { checkLists } from '../../support/check-lists.js';
import { testDatabase, type TestDatabase } from '../../support/test-database.js';

describe('the lists of onward referrals', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());

  it('are the same in the code and in the database, and all of them', async () => {
    const lists: Record<string, readonly string[]> = {
      'onward_referral.state': ONWARD_STATES,
      'onward_referral.called_by': CALLED_BY,
      'onward_referral.contact_route': CONTACT_ROUTES,
      'onward_referral.how_soon': HOW_SOON,
      'onward_referral.safety_instructions': SAFETY_INSTRUCTIONS,
      'onward_referral.confirmed': ONLY_FOR,
      'onward_referral.must_avoid': PRESENCES,
      'onward_referral.clock_stopped': CLOCK_STOPS,
      'onward_referral.talk_by': TALK_BY,
      'onward_referral.answer': ANSWERS,
      'onward_referral.answered_through': ANSWERED_THROUGH,
      'onward_referral.started_by': STARTED_BY,
      'onward_referral.end_reason': END_REASONS,
      'onward_referral.end_side': SIDES,
      'onward_referral.result': RESULTS,
      'onward_referral.to_act': TO_ACT,
      'attendance.result': ATTENDANCE,
      'register.state': REGISTER_STATES,
      'register_correction.result': ATTENDANCE,
      'gap.why': GAP_REASONS,
      'gap.closed_because': GAP_ENDINGS,
      'signpost.how': SIGNPOST_HOW,
      'concern.kind': CONCERN_KINDS,
      'concern.told_by': TOLD_BY,
      'concern.outcome': CONCERN_OUTCOMES,
      'offer_approval.why': OWN_SERVICE,
      'offer_approval.state': APPROVAL_STATES,
    };
    const code = Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, [...list].sort()]));
    expect(
      await checkLists(database, [
        'onward_referral',
        'attendance',
        'register',
        'register_correction',
        'signpost',
        'gap',
        'concern',
        'offer_approval',
      ]),
    ).toEqual(code);
  });
});
