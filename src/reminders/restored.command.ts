import { parseArgs } from 'node:util';
import { PlainFault } from '../platform/errors/plain-fault.js';
import type { Command } from '../platform/process/command.js';
import { AfterRestore, type Restored } from './restored.service.js';

/** With its zone: of a time without one nobody can tell whose clock it is of. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/;

export const restoredCommand: Command = {
  name: 'restored',
  usage: '--lost-until <time> [--even-so] | --nothing-lost',
  summary:
    'After a restore, before a worker starts: hand to people what may have gone out since the moment restored to, so that nothing is sent twice',
  migrations: 'needed',
  async run({ app, print }, args) {
    const { values } = parseArgs({
      args,
      options: {
        'lost-until': { type: 'string' },
        'even-so': { type: 'boolean', default: false },
        'nothing-lost': { type: 'boolean', default: false },
      },
    });
    const until = momentOf(values['lost-until'], values['nothing-lost']);
    const restore = (await app()).get(AfterRestore);
    if (until === null) await restore.nothingLost();
    else for (const scheme of await restore.settle(until, values['even-so'])) print(told(scheme));
    print('Workers may be started.');
  },
};

function momentOf(text: string | undefined, nothingLost: boolean): Date | null {
  if (nothingLost === (text !== undefined)) {
    throw new PlainFault(
      'Say until when the lost server may have sent anything: --lost-until 2026-11-22T10:15:00Z',
      'Or, where another server took over that had everything: --nothing-lost',
    );
  }
  if (text === undefined) return null;
  const moment = new Date(text);
  if (!MOMENT.test(text) || Number.isNaN(moment.getTime())) {
    throw new PlainFault('--lost-until must be a time with its zone, as 2026-11-22T10:15:00Z.');
  }
  return moment;
}

function told({ scheme, forPeople, again, forgotten, keptBack, digestsLeftOut }: Restored): string {
  return [
    `${scheme}: ${forPeople} messages may have gone out and are for people to look at (their tasks, and /messages).`,
    `  ${again} e-mails go again with the Message-ID they had, so that mailboxes show them once.`,
    `  ${forgotten} codes and links somebody had asked for are left out; ${keptBack} events wait for a manager (/stuck-events).`,
    ...(digestsLeftOut
      ? ['  Today’s digests are left out: they may have gone, and the next tell the same.']
      : []),
  ].join('\n');
}
