import { type Arrival, deliveryFaults, type LedgerLine, writeFaults } from '../support/delivery-check.js';

const line = (changes: Partial<LedgerLine> = {}): LedgerLine => ({
  id: 'm',
  recipient: 'client',
  state: 'sent',
  task: false,
  ...changes,
});
const mail: Arrival = { messageId: 'm', to: 'a@example.org' };
const ALL = { due: 1, told: 1 };

describe('the check of deliveries', () => {
  it.each<[string, LedgerLine, Arrival[]]>([
    ['a client once', line(), [mail]],
    ['a client once, unconfirmed', line({ state: 'unconfirmed', task: true }), [mail]],
    ['a client not at all, unconfirmed', line({ state: 'unconfirmed', task: true }), []],
    ['a group once', line({ recipient: 'provider' }), [mail]],
    ['a group again, as the same message', line({ recipient: 'provider' }), [mail, mail]],
  ])('lets pass: %s', (_what, ledger, arrivals) => {
    expect(deliveryFaults([ledger], arrivals, ALL)).toEqual([]);
  });

  it.each<[string, LedgerLine[], Arrival[], { due: number; told: number }, string]>([
    ['a client twice', [line()], [mail, mail], ALL, 'm reached a client 2 times'],
    [
      'a client twice, unconfirmed',
      [line({ state: 'unconfirmed', task: true })],
      [mail, mail],
      ALL,
      'm reached a client 2 times',
    ],
    [
      'unconfirmed without a task',
      [line({ state: 'unconfirmed' })],
      [mail],
      ALL,
      'm is unconfirmed and nobody knows',
    ],
    ['called sent, never arrived', [line()], [], ALL, 'm is called sent and never arrived'],
    ['left behind', [line({ state: 'ready' })], [], ALL, 'm is ready'],
    ['a group left behind', [line({ recipient: 'provider', state: 'sending' })], [], ALL, 'm is sending'],
    ['a group not told', [line({ recipient: 'provider' })], [], ALL, 'm is called sent and never arrived'],
    ['lost before the ledger', [line()], [mail], { due: 2, told: 1 }, '1 reminders are in no message'],
    ['from nowhere', [], [mail], { due: 0, told: 0 }, 'm arrived and is not in the ledger'],
    [
      'to two addresses',
      [line({ recipient: 'provider' })],
      [mail, { ...mail, to: 'b@example.org' }],
      ALL,
      'm went to two addresses',
    ],
  ])('finds: %s', (_what, ledger, arrivals, reminders, fault) => {
    expect(deliveryFaults(ledger, arrivals, reminders)).toEqual([fault]);
  });
});

describe('the check of writes', () => {
  const row = { id: 'a', about: 'r1' };
  it.each<[string, (typeof row)[], (typeof row)[], string[]]>([
    ['there', [row], [row], []],
    ['there, though nobody got the answer', [], [row], []],
    ['lost', [row], [], ['a was acknowledged and is lost']],
    ['there for something else', [row], [{ id: 'a', about: 'r2' }], ['a was acknowledged and is lost']],
    ['there twice', [row], [row, { id: 'b', about: 'r1' }], ['r1 was written 2 times']],
  ])('%s', (_what, acknowledged, rows, faults) => {
    expect(writeFaults(acknowledged, rows)).toEqual(faults);
  });
});
