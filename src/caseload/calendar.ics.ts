/** One appointment as a calendar shows it. */
export interface CalendarEvent {
  id: string;
  version: number;
  startsAt: Date;
  endsAt: Date;
  /** Initials, and nothing else that could be read over a shoulder. */
  summary: string;
  /** Only in a person's own calendar. */
  location?: string | null;
}

/**
 * An iCalendar file (RFC 5545). Times are instants in UTC, which every calendar shows on its own clock, so that neither
 * night of the clocks can move them. The library is loaded by whoever first asks.
 */
export async function icsOf(name: string, events: readonly CalendarEvent[], now: Date): Promise<string> {
  const { default: ical, ICalEventClass } = await import('ical-generator');
  const calendar = ical({
    name,
    prodId: { company: 'Betony', product: 'appointments', language: 'EN' },
    ttl: 900,
  });
  for (const event of events) {
    calendar.createEvent({
      id: event.id,
      sequence: event.version,
      stamp: now,
      start: event.startsAt,
      end: event.endsAt,
      summary: event.summary,
      location: event.location ?? null,
      class: ICalEventClass.PRIVATE,
    });
  }
  return calendar.toString();
}
