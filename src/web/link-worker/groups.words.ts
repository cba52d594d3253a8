import type { GapReason } from '../../onward-referrals/gap.types.js';
import type {
  CalledBy,
  ContactRoute,
  HowSoon,
  OnwardState,
  ShortlistAnswer,
  SignpostHow,
} from '../../onward-referrals/onward.types.js';
import type { Cost, Every, ForWhom, PlacesReading, Setting } from '../../providers/listing.types.js';
import type { Standing } from '../../providers/matching.rules.js';
import type { Weekday } from '../../providers/provider.types.js';
import { sayAll } from '../words/staff/staff-words.js';

export const STANDING_WORDS: Record<Standing, { text: string; colour: 'green' | 'yellow' | 'grey' }> = sayAll(
  {
    may_be_offered: { text: 'Suits', colour: 'green' },
    waiting_list: { text: 'Suits, but is full', colour: 'yellow' },
    not_suitable: { text: 'Does not suit', colour: 'grey' },
  },
);

export const PLACES_WORDS: Record<PlacesReading, string> = sayAll({
  free: 'Has places',
  drop_in: 'Just come along',
  ask_first: 'Ask first',
  full: 'Full',
});

export const COST_WORDS: Record<Cost, string> = sayAll({
  free: 'Free',
  donation: 'A donation',
  paid: 'Costs money',
});

export const SETTING_WORDS: Record<Setting, string> = sayAll({
  non_religious: 'Not religious',
  place_of_worship: 'In a place of worship',
  religious: 'Religious',
});

export const FOR_WHOM_WORDS: Record<ForWhom, string> = sayAll({
  everyone: 'Everyone',
  women: 'Women only',
  men: 'Men only',
});

export const DAY_WORDS: Record<Weekday, string> = sayAll({
  monday: 'Monday',
  tuesday: 'Tuesday',
  wednesday: 'Wednesday',
  thursday: 'Thursday',
  friday: 'Friday',
  saturday: 'Saturday',
  sunday: 'Sunday',
});

export const EVERY_WORDS: Record<Every, string> = sayAll({
  week: '',
  fortnight: 'every other week',
  month: 'once a month',
});

export const GAP_WORDS: Record<GapReason, string> = sayAll({
  nothing_like_it: 'There is nothing like it here',
  too_far: 'It is too far away',
  no_capacity: 'They are full',
  wrong_time: 'It is at the wrong time',
  not_accessible: 'They could not get in, or take part',
  language: 'It is not in their language',
  cost: 'It costs too much',
  setting: 'The setting does not suit them',
  nobody_eligible: 'They do not meet its rules',
  other: 'Something else',
});

export const ONWARD_STATE_COLOURS: Record<OnwardState, 'yellow' | 'blue' | 'green' | 'grey'> = {
  offered: 'yellow',
  waitlisted: 'yellow',
  accepted: 'blue',
  started: 'green',
  declined: 'grey',
  expired: 'grey',
  completed: 'grey',
  stopped: 'grey',
  withdrawn: 'grey',
};

/** What a person says to a group they were sent to think about. */
export const SHORTLIST_ANSWER_WORDS: Record<ShortlistAnswer, { text: string; colour: 'green' | 'grey' }> =
  sayAll({
    wanted: { text: 'They would like this', colour: 'green' },
    not_wanted: { text: 'Not for them', colour: 'grey' },
  });

/** What to ask for instead when nothing is this near. */
export const FARTHER: Record<string, string> = { '1': '2', '2': '5', '5': '10', '10': '20' };
export const MILES = ['1', '2', '5', '10', '20'];

/** How soon, as whoever refers says it. */
export const HOW_SOON_WORDS: Record<HowSoon, string> = sayAll({
  this_week: 'This week',
  within_two_weeks: 'Within two weeks',
  within_a_month: 'Within a month',
  no_hurry: 'No hurry',
});

export const CALLED_WORDS: Record<CalledBy, string> = sayAll({
  first_name: 'First name',
  initials: 'Initials',
});

/** How the group reaches the person after a yes. */
export const CONTACT_ROUTE_WORDS: Record<ContactRoute, string> = sayAll({
  phone: 'Phone',
  text: 'Text message',
  email: 'E-mail',
  letter: 'Letter',
  through_worker: 'Through me',
  at_session: 'At the session: no number or address is shared',
});

export const SIGNPOST_WORDS: Record<SignpostHow, string> = sayAll({
  in_person: 'Face to face',
  phone: 'By phone',
  video: 'By video',
  text: 'By text',
  email: 'By e-mail',
  letter: 'By letter',
});

export const OFFER_SCOPE_WORDS: Record<string, string> = sayAll({
  needs: 'what they want help with',
  contact_details: 'how to reach them, after a yes',
  access_needs: 'their access and language needs',
});
