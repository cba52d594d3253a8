import type { Lifecycle } from '../platform/pure/lifecycle.js';
import type { AppointmentState } from './appointment.types.js';

export const APPOINTMENT_VERBS = ['make', 'move', 'cancel', 'interpret', 'setOut', 'back'] as const;
export type AppointmentVerb = (typeof APPOINTMENT_VERBS)[number];

/** Moving keeps the appointment and its history; one that has begun can be neither moved nor cancelled. */
export const APPOINTMENT_LIFECYCLE = {
  make: { from: null, to: 'made' },
  move: { from: ['made'], to: 'same' },
  cancel: { from: ['made'], to: 'cancelled' },
  interpret: { from: ['made'], to: 'same' },
  setOut: { from: ['made'], to: 'same' },
  back: { from: ['made'], to: 'same' },
} as const satisfies Lifecycle<AppointmentState, AppointmentVerb>;
