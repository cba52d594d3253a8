import { Injectable } from '@nestjs/common';
import { Hook, HookSet } from '../platform/hooks/hook.js';

export interface AppointmentEvent {
  appointmentId: string;
  referralId: string;
  clientId: string;
  startsAt: Date;
}

/** The reminder of the day before is made, moved and dropped with the appointment. */
@Injectable()
export class AppointmentHooks extends HookSet {
  readonly made = new Hook<AppointmentEvent>('appointment.made', ['reminders']);
  readonly moved = new Hook<AppointmentEvent>('appointment.moved', ['reminders']);
  /** An interpreter's booking, or a visit's setting out and coming back: never its time. */
  readonly changed = new Hook<AppointmentEvent>('appointment.changed', ['reminders']);
  readonly cancelled = new Hook<AppointmentEvent>('appointment.cancelled', ['reminders']);
}
