import { APPOINTMENT_VERBS } from '../../../src/caseload/appointment.lifecycle.js';
import {
  APPOINTMENT_INTERPRETERS,
  APPOINTMENT_KINDS,
  APPOINTMENT_STATES,
  BOOKING_STATES,
} from '../../../src/caseload/appointment.types.js';
import {
  CONTACT_KINDS,
  CONTACT_OUTCOMES,
  SECTION_KINDS,
  UNREACHED_CHOICES,
} from '../../../src/caseload/contact.types.js';
import { HANDOVER_OUTCOMES, HANDOVER_STATES } from '../../../src/caseload/handover.types.js';
import { ACTION_STATUSES, ACTORS, GOAL_STATUSES, SHARED_WITH } from '../../../src/caseload/plan.types.js';
import { AGREED_HOW, AGREEMENT_BASES } from '../../../src/clients/agreement.types.js';
import { MODES, OCCASIONS, UNANSWERED_AT_START } from '../../../src/outcomes/response.types.js';
import { SIDES } from '../../../src/platform/pure/lifecycle.js';
import { NO_RESPONSE_REASONS } from '../../../src/referrals/referral.types.js';
import {
  AREA_MOVE_OUTCOMES,
  AREA_MOVE_STATES,
  AREA_MOVE_VERBS,
} from '../../../src/caseload/area-move.types.js';
import { FORMER_HEARS } from '../../../src/referrals/practice-move.types.js';
import { FEEDBACK } from '../../../src/referrals/referral.types.js';
import { checkLists } from '../../support/check-lists.js';
import { testDatabase, type TestDatabase } from '../../support/test-database.js';

describe('the lists of contacts, plans, appointments and responses', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());

  it('are the same in the code and in the database, and all of them', async () => {
    const lists: Record<string, readonly string[]> = {
      'contact.kind': CONTACT_KINDS,
      'contact.outcome': CONTACT_OUTCOMES,
      'contact_history.action': ['amend', 'log'],
      'appointment.interpreter': APPOINTMENT_INTERPRETERS,
      'appointment.interpreter_booking': BOOKING_STATES,
      'appointment.kind': APPOINTMENT_KINDS,
      'appointment.state': APPOINTMENT_STATES,
      'appointment_history.action': APPOINTMENT_VERBS,
      'appointment_history.side': SIDES,
      'contact_section.kind': SECTION_KINDS,
      'unreached_choice.choice': UNREACHED_CHOICES,
      'handover.state': HANDOVER_STATES,
      'handover_item.outcome': HANDOVER_OUTCOMES,
      'area_move.outcome': AREA_MOVE_OUTCOMES,
      'area_move.state': AREA_MOVE_STATES,
      'area_move_history.action': AREA_MOVE_VERBS,
      'practice_move.former_hears': FORMER_HEARS,
      'practice_move.present_hears': FEEDBACK,
      'goal.status': GOAL_STATUSES,
      'goal_progress.status': GOAL_STATUSES,
      'action.status': ACTION_STATUSES,
      'action.who': ACTORS,
      'plan_agreement.how': AGREED_HOW,
      'plan_agreement.basis': AGREEMENT_BASES,
      'plan_share.recipient': SHARED_WITH,
      'measure_response.occasion': OCCASIONS,
      'measure_response.mode': MODES,
      'measure_missing.occasion': OCCASIONS,
      // Nobody chooses two: a death and a reminder that ran out give them.
      'measure_missing.because': [...new Set([...NO_RESPONSE_REASONS, ...UNANSWERED_AT_START, 'died'])],
    };
    const tables = [
      'area_move',
      'area_move_history',
      'practice_move',
      'contact',
      'contact_history',
      'appointment',
      'appointment_history',
      'contact_section',
      'unreached_choice',
      'handover',
      'handover_item',
      'goal',
      'goal_progress',
      'action',
      'plan_agreement',
      'plan_share',
      'measure_response',
      'measure_missing',
    ];
    const code = Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, [...list].sort()]));
    expect(await checkLists(database, tables)).toEqual(code);
  });
});
