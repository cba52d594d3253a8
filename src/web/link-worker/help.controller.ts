import { Controller, Get, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AmendHelp, RecordHelpForClient, VoidHelp, type HelpView } from '../../assets/help.dto.js';
import { HelpQueries } from '../../assets/help.queries.js';
import { Help } from '../../assets/help.service.js';
import { OnwardQueries } from '../../onward-referrals/onward.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { Id } from '../../platform/http/id-param.js';
import { PersonHeads, type PersonHead } from '../../referrals/person-head.queries.js';
import { dayBoxes } from '../layout/dates.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, overtaken, readChange, readForm, take, versionIn } from '../layout/forms.js';
import { choicesOf } from '../layout/words.js';
import { REACH_WORDS } from '../practice/practice.words.js';
import { HELP_WORDS } from '../tally/tally.words.js';
import { recordPages, recordTitle } from './record.js';
import { whole } from './worked.js';
import { say } from '../words/staff/staff-words.js';

/** Practical help that somebody was given: what, how much of it, for how many, and by whom. */
@ApiExcludeController()
@Controller('desk/people/:id/help')
export class HelpPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly clock: Clock,
    private readonly heads: PersonHeads,
    private readonly queries: HelpQueries,
    private readonly help: Help,
    private readonly onward: OnwardQueries,
  ) {}

  // Groups have help.list too, and pages of their own: a record is read by whoever reads all that happened.
  @Get()
  @Can('timeline.list')
  async all(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    const today = dayBoxes('givenOn', londonDate(this.clock.now()));
    await this.list(reply, actor, id, newForm({ quantity: '1', ...today }));
  }

  @Post()
  @Can('help.record')
  async record(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.help.recordForClient(actor, id, await readForm(RecordHelpForClient, body));
        return `/desk/people/${id}/help`;
      },
      (form) => this.list(reply, actor, id, form),
    );
  }

  @Get(':helpId')
  @Can('timeline.list')
  async ask(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('helpId') helpId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.one(reply, actor, id, helpId, null);
  }

  @Post(':helpId')
  @Can('help.amend')
  async amend(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('helpId') helpId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.found(actor, id, helpId);
        await this.help.amend(actor, helpId, versionIn(body), await readChange(AmendHelp, body));
        return `/desk/people/${id}/help`;
      },
      (form) => this.one(reply, actor, id, helpId, form),
    );
  }

  @Post(':helpId/void')
  @Can('help.amend')
  async void(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('helpId') helpId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.found(actor, id, helpId);
        await this.help.void(actor, helpId, await readForm(VoidHelp, body));
        return `/desk/people/${id}/help`;
      },
      (form) => this.one(reply, actor, id, helpId, form),
    );
  }

  private async list(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const person = await this.heads.of(actor, id);
    const given = await this.queries.ofClient(actor, id);
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/help.njk', {
      title: recordTitle(say('Help given'), person),
      heading: say('Help given'),
      form,
      person,
      pages: recordPages(id, 'groups'),
      given,
      kinds: choicesOf(HELP_WORDS),
      givers: [{ value: '', text: say('Us') }, ...(await this.groupsOf(actor, person))],
      words: { reach: REACH_WORDS, kind: HELP_WORDS },
    });
  }

  private async one(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    helpId: string,
    tried: Form | null,
  ): Promise<void> {
    const person = await this.heads.of(actor, id);
    const help = await this.found(actor, id, helpId);
    const now = {
      kind: help.kind,
      quantity: String(help.quantity),
      householdMembers: help.householdMembers === null ? '' : String(help.householdMembers),
      note: help.note ?? '',
      ...dayBoxes('givenOn', help.givenOn),
    };
    const form = overtaken(
      tried ? { ...tried, values: { ...now, ...tried.values } } : newForm(now, help.version),
      help,
    );
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/help-one.njk', {
      title: recordTitle(say('Help given: put it right'), person),
      heading: say('Help given: put it right'),
      form,
      /** A form each: only one of them is sent. */
      other: newForm(form.values),
      person,
      pages: recordPages(id, 'groups'),
      help,
      kinds: choicesOf(HELP_WORDS),
      words: { reach: REACH_WORDS, kind: HELP_WORDS },
    });
  }

  private async found(actor: MemberActor, id: string, helpId: string): Promise<HelpView> {
    const help = await this.queries.get(actor, helpId);
    if (help.clientId !== id) throw Refusal.notFound();
    return help;
  }

  /** Those that somebody takes part with, of whom the help is likely to come. */
  private async groupsOf(
    actor: MemberActor,
    { current }: PersonHead,
  ): Promise<{ value: string; text: string }[]> {
    const offers = current === null ? [] : await this.onward.ofReferral(actor, current.id);
    const groups = offers
      .map(whole)
      .filter(({ state }) => state === 'accepted' || state === 'started')
      .map(({ organisation }) => [organisation.id, organisation.name] as const);
    return [...new Map(groups)].map(([value, text]) => ({ value, text }));
  }
}
