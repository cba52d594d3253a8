export interface LedgerLine {
  id: string;
  recipient: string;
  state: string;
  /** Whether somebody has been asked to ring instead. */
  task: boolean;
}

/** One message as a mail server took it. */
export interface Arrival {
  messageId: string;
  to: string;
}

/**
 * What is wrong with a history, in words; nothing when P5 and P6 held. `reminders` is how many fell due and how many of
 * them are in a message of the ledger.
 */
export function deliveryFaults(
  ledger: readonly LedgerLine[],
  arrivals: readonly Arrival[],
  reminders: { due: number; told: number },
): string[] {
  const faults: string[] = [];
  if (reminders.told !== reminders.due) {
    faults.push(`${String(reminders.due - reminders.told)} reminders are in no message`);
  }
  const known = new Set(ledger.map((line) => line.id));
  for (const { messageId } of arrivals) {
    if (!known.has(messageId)) faults.push(`${messageId} arrived and is not in the ledger`);
  }
  for (const line of ledger) {
    const came = arrivals.filter((arrival) => arrival.messageId === line.id);
    if (new Set(came.map((arrival) => arrival.to)).size > 1) faults.push(`${line.id} went to two addresses`);
    if (line.state === 'sent' && came.length === 0)
      faults.push(`${line.id} is called sent and never arrived`);
    if (line.recipient === 'client') {
      if (came.length > 1) faults.push(`${line.id} reached a client ${String(came.length)} times`);
      if (line.state !== 'sent' && line.state !== 'unconfirmed') faults.push(`${line.id} is ${line.state}`);
      if (line.state === 'unconfirmed' && !line.task)
        faults.push(`${line.id} is unconfirmed and nobody knows`);
    } else if (line.state !== 'sent') faults.push(`${line.id} is ${line.state}`);
  }
  return faults;
}

/** A write that was answered with success. */
export interface Acknowledged {
  id: string;
  /** What it was about: one write each was asked for. */
  about: string;
}

/** P5 for what people did: every write that was acknowledged is there, and none twice although it was asked for again. */
export function writeFaults(acknowledged: readonly Acknowledged[], rows: readonly Acknowledged[]): string[] {
  const faults: string[] = [];
  const there = new Map(rows.map((row) => [row.id, row.about]));
  for (const { id, about } of acknowledged) {
    if (there.get(id) !== about) faults.push(`${id} was acknowledged and is lost`);
  }
  const counts = new Map<string, number>();
  for (const { about } of rows) counts.set(about, (counts.get(about) ?? 0) + 1);
  for (const [about, count] of counts) {
    if (count > 1) faults.push(`${about} was written ${String(count)} times`);
  }
  return faults;
}
