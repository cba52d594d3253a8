export const APPOINTMENT_KINDS = ['place', 'phone', 'video', 'home_visit'] as const;
export type AppointmentKind = (typeof APPOINTMENT_KINDS)[number];

export const APPOINTMENT_STATES = ['made', 'cancelled'] as const;
export type AppointmentState = (typeof APPOINTMENT_STATES)[number];

/** Why an appointment was moved or cancelled; whose doing it was is said beside it. */
export const APPOINTMENT_REASONS = [
  'unwell',
  'something_else_on',
  'transport',
  'weather',
  'place_not_available',
  'interpreter_not_available',
  'no_longer_wanted',
  'worker_away',
  'other',
] as const;

/** Who interprets. Never a child: an interpreter of somebody's own choice is an adult, said so each time. */
export const APPOINTMENT_INTERPRETERS = ['professional', 'worker', 'own_choice'] as const;
export type AppointmentInterpreter = (typeof APPOINTMENT_INTERPRETERS)[number];

export const BOOKING_STATES = ['wanted', 'asked', 'booked', 'confirmed', 'not_available'] as const;
export type BookingState = (typeof BOOKING_STATES)[number];
/** Nobody can be counted on to come yet. */
export const UNBOOKED: readonly BookingState[] = ['wanted', 'asked', 'not_available'];

/** What is asked about before an appointment is made, and may be done all the same. */
export const WARNINGS = ['double_booked', 'no_home_visits'] as const;
export type Warning = (typeof WARNINGS)[number];

/** After a home visit ends, a worker is expected back within this long unless they say (minutes). */
export const BACK_MINUTES = 30;
/** The longest anybody is out on one visit before somebody asks after them (minutes). */
export const OUT_MINUTES = 12 * 60;

/** Reasons the product gives itself, when what an appointment belongs to has ended. */
export const ENDING_REASONS = ['referral_ended', 'died'] as const;

/** The furthest ahead an appointment can be made. */
export const AHEAD_MONTHS = 12;
export const PLACE_MAX = 300;
export const APPOINTMENT_NOTE_MAX = 1000;
export const SHORTEST_MINUTES = 5;
export const LONGEST_MINUTES = 480;
