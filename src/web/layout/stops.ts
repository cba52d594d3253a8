import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { SafetyNumbersQueries } from '../../identity/safety-numbers.queries.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { AGREED } from './agreement.js';
import { Desk } from './desk.js';
import { asksAgain, sent } from './forms.js';
import { sayAll } from '../words/staff/staff-words.js';

/** Answers that end a form before anything else of it is looked at: nothing is checked, and nothing is sent. */
const STOPS = sayAll({
  harm: { field: 'couldComeToHarm', answer: 'yes', title: 'Get help now' },
  notAgreed: { field: AGREED, answer: 'no', title: 'Ask them first' },
} as const satisfies Record<string, { field: string; answer: string; title: string }>);

export interface Stop {
  kind: keyof typeof STOPS;
  title: string;
  /** What was typed, to go back to: all but the answer that stopped it, which is asked again. */
  fields: { name: string; value: string }[];
}

/** Nothing where no answer stops it, and where it is only to be shown again. */
export function stopIn(body: unknown, only?: Stop['kind']): Stop | null {
  if (asksAgain(body)) return null;
  const answers = sent(body);
  for (const kind of Object.keys(STOPS) as Stop['kind'][]) {
    const { field, answer, title } = STOPS[kind];
    if (only !== undefined && kind !== only) continue;
    if (![answers[field]].flat().includes(answer)) continue;
    const beside = Object.entries(body as Record<string, unknown>).filter(([name]) =>
      ['_version', '_kept'].includes(name),
    );
    const fields = [...beside, ...Object.entries(answers)]
      .filter(([name]) => name !== field)
      .flatMap(([name, value]) => [value].flat().map((one) => ({ name, value: String(one) })));
    return { kind, title, fields };
  }
  return null;
}

/** What is shown at the desk instead of taking such a form. */
@Injectable()
export class Stops {
  constructor(
    private readonly desk: Desk,
    private readonly numbers: SafetyNumbersQueries,
  ) {}

  /** Whether it was shown: then there is nothing more to do. A draft stops only where somebody could come to harm. */
  async shown(reply: FastifyReply, actor: MemberActor, only?: Stop['kind']): Promise<boolean> {
    const { body, url } = reply.request;
    const stop = stopIn(body, only);
    if (!stop) return false;
    await this.desk.show(reply, actor, 422, 'layout/stop-at-desk.njk', {
      title: stop.title,
      stop,
      back: url,
      ...(stop.kind === 'harm' ? { numbers: await this.numbers.of(actor.schemeId) } : {}),
    });
    return true;
  }
}
