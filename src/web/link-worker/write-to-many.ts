import { Injectable } from '@nestjs/common';
import { OmitType } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { isUuid } from '../../platform/pure/ids.js';
import type { ReferralLine } from '../../referrals/referral.dto.js';
import { type ReadingView, WriteToInput } from '../../reminders/written-message.dto.js';
import { type UsualWay, WrittenMessagesQueries } from '../../reminders/written-messages.queries.js';
import { WrittenMessages } from '../../reminders/written-messages.service.js';
import { Desk } from '../layout/desk.js';
import { type Form, readForm, sent } from '../layout/forms.js';
import { Many, type Outcomes, type Ticked } from '../layout/many.js';
import { languageInWords } from '../layout/words.js';
import { say } from '../words/staff/staff-words.js';
import { CHANNEL_WORDS } from './link-worker.words.js';
import { NO_WAY_WORDS } from './person-messages.words.js';

/** Each of them may answer, and somebody hears all of that. */
const MOST_WRITTEN = 50;

/** Each by the way they are usually written to. */
class WriteToManyInput extends OmitType(WriteToInput, ['channel'] as const) {}

/** Where its pages are, of the part of the list that they began from. */
export interface WritingAt {
  back: string;
  write: string;
  send: string;
  takeBack: string;
}

interface Chosen {
  line: ReferralLine;
  clientId: string;
  way: UsualWay | null;
}

/** The same words to many people, to each alone: none of them sees another. */
@Injectable()
export class WriteToMany {
  constructor(
    private readonly desk: Desk,
    private readonly many: Many,
    private readonly messages: WrittenMessages,
    private readonly queries: WrittenMessagesQueries,
  ) {}

  /** Who of them gets it how, who not and why, and how it will read once in each language and way. */
  async page(
    reply: FastifyReply,
    actor: MemberActor,
    rows: readonly Ticked[],
    form: Form,
    at: WritingAt,
  ): Promise<void> {
    const chosen = await this.chosen(actor, rows);
    const { words } = form.values;
    const readings =
      form.status === 200 && typeof words === 'string' && words !== ''
        ? await this.readings(actor, chosen, words)
        : [];
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/write-many.njk', {
      title: say('Write to {{number}} chosen', { number: chosen.length }),
      form,
      at,
      rows: rows.map(({ id, version }) => `${id}.${String(version)}`),
      chosen: chosen.map(({ line, way }) => ({
        line,
        how: way?.channel ? CHANNEL_WORDS[way.channel] : null,
        because: NO_WAY_WORDS[way?.because ?? 'not_asked'],
      })),
      number: chosen.filter(({ way }) => way?.channel).length,
      readings: readings.map(({ channel, language, subject, text }) => ({
        channel,
        subject,
        text,
        how: CHANNEL_WORDS[channel],
        in: languageInWords(language),
      })),
    });
  }

  /** Read first as it would reach one of each kind, so that words nobody may send are refused before anybody is written to. */
  async send(
    actor: MemberActor,
    request: FastifyRequest,
    rows: readonly Ticked[],
    body: unknown,
  ): Promise<Outcomes> {
    const { words } = await readForm(WriteToManyInput, { words: sent(body)['words'] ?? '' });
    const chosen = await this.chosen(actor, rows);
    await this.readings(actor, chosen, words);
    const whose = new Map(chosen.map(({ line, clientId }) => [line.id, clientId]));
    return this.many.each(actor, request, rows, { words }, ({ id }) =>
      this.messages.write(actor, whose.get(id) ?? '', { words }),
    );
  }

  /** What was just written to each, as the page about it says; what went meanwhile says so. */
  takeBack(
    actor: MemberActor,
    request: FastifyRequest,
    rows: readonly Ticked[],
    typed: Form['values'],
  ): Promise<Outcomes> {
    return this.many.each(actor, request, rows, {}, async ({ id }) => {
      const message = typed[`made.${id}`];
      if (typeof message !== 'string' || !isUuid(message)) throw Refusal.notFound();
      return this.messages.takeBack(actor, message);
    });
  }

  private async chosen(actor: MemberActor, rows: readonly Ticked[]): Promise<Chosen[]> {
    if (rows.length > MOST_WRITTEN) {
      throw Refusal.invalidField('row', `Choose at most ${String(MOST_WRITTEN)} people to write to`);
    }
    const lines = await this.many.lines(actor, rows);
    const people = lines.flatMap((line) => (line.client ? [{ line, clientId: line.client.id }] : []));
    const ways = await this.queries.usualOf(
      actor,
      people.map(({ clientId }) => clientId),
    );
    return people.map((one) => ({ ...one, way: ways.get(one.clientId) ?? null }));
  }

  private async readings(
    actor: MemberActor,
    chosen: readonly Chosen[],
    words: string,
  ): Promise<ReadingView[]> {
    const first = new Map(
      chosen.flatMap(({ clientId, way }) =>
        way?.channel ? [[`${way.channel} ${way.language}`, clientId] as const] : [],
      ),
    );
    const readings: ReadingView[] = [];
    for (const clientId of first.values())
      readings.push(await this.messages.read(actor, clientId, { words }));
    return readings;
  }
}
