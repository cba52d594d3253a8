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

/** Reasons the product gives itself, when what an appointment belongs to has ended. */
export const ENDING_REASONS = ['referral_ended', 'died'] as const;

/** The furthest ahead an appointment can be made. */
export const AHEAD_MONTHS = 12;
export const PLACE_MAX = 300;
export const APPOINTMENT_NOTE_MAX = 1000;
export const SHORTEST_MINUTES = 5;
export const LONGEST_MINUTES = 480;
