import { Controller, Get, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AmendClientInput, type ClientView, GpRegistrationInput } from '../../clients/client.dto.js';
import { SAFE_FIELDS } from '../../clients/client.types.js';
import { ClientsQueries } from '../../clients/clients.queries.js';
import { ClientsService } from '../../clients/clients.service.js';
import { OrganisationsQueries } from '../../identity/organisations.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Id } from '../../platform/http/id-param.js';
import { without } from '../../platform/pure/without.js';
import { PersonHeads } from '../../referrals/person-head.queries.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, overtaken, readChange, readForm, take, versionIn } from '../layout/forms.js';
import { languageChoices } from '../layout/words.js';
import { REACH_WORDS } from '../practice/practice.words.js';
import { answersOf, DETAIL_CHOICES } from './details.form.js';
import { partsOf } from './details.facts.js';
import { recordPages, recordTitle } from './record.js';
import { say } from '../words/staff/staff-words.js';

/** A page of a list at its longest. */
const MOST_PRACTICES = 100;

/** What is recorded about a person, put right; and the way to all that is seldom done with a record. */
@ApiExcludeController()
@Controller('desk/people/:id/details')
export class DetailsController {
  constructor(
    private readonly desk: Desk,
    private readonly heads: PersonHeads,
    private readonly clients: ClientsService,
    private readonly queries: ClientsQueries,
    private readonly organisations: OrganisationsQueries,
  ) {}

  @Get()
  @Can('client.get')
  async all(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    const person = await this.heads.of(actor, id);
    const view = await this.queries.get(actor, id);
    await this.desk.show(reply, actor, 200, 'link-worker/pages/details.njk', {
      title: recordTitle(say('Details'), person),
      person,
      pages: recordPages(id, 'details'),
      view,
      parts: partsOf(view).map(({ heading, facts }) => ({
        heading,
        rows: facts.map(({ label, value }) => ({ key: { text: label }, value: { text: value } })),
      })),
      words: { reach: REACH_WORDS },
    });
  }

  @Get('change')
  @Can('client.amend')
  async ask(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.changing(reply, actor, id, null);
  }

  @Post('change')
  @Can('client.amend')
  async change(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const input = await readChange(AmendClientInput, body);
        const view = await this.queries.get(actor, id);
        await this.clients.amend(actor, id, versionIn(body), withoutOldAnswers(input, view));
        return `/desk/people/${id}/details`;
      },
      (form) => this.changing(reply, actor, id, form),
    );
  }

  @Get('practice')
  @Can('client.amend')
  async askPractice(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.practice(reply, actor, id, newForm());
  }

  @Post('practice')
  @Can('client.amend')
  async register(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.clients.register(actor, id, await readForm(GpRegistrationInput, body));
        return `/desk/people/${id}/details`;
      },
      (form) => this.practice(reply, actor, id, form),
    );
  }

  private async changing(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    tried: Form | null,
  ): Promise<void> {
    const person = await this.heads.of(actor, id);
    const view = await this.queries.get(actor, id);
    const now = answersOf(view);
    const form = overtaken(
      tried ? { ...tried, values: { ...now, ...tried.values } } : newForm(now, view.version),
      view,
    );
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/details-change.njk', {
      title: recordTitle(say('Change details'), person),
      form,
      person,
      pages: recordPages(id, 'details'),
      now: partsOf(view).flatMap(({ facts }) => facts),
      choices: DETAIL_CHOICES,
      languages: languageChoices(view.language, form.values['language']),
      words: { reach: REACH_WORDS },
    });
  }

  private async practice(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const person = await this.heads.of(actor, id);
    const { gpPractice } = await this.queries.get(actor, id);
    const { items } = await this.organisations.list(actor, {
      kind: ['gp_practice'],
      active: true,
      limit: MOST_PRACTICES,
    });
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/details-practice.njk', {
      title: recordTitle('GP practice', person),
      form,
      person,
      pages: recordPages(id, 'details'),
      gpPractice,
      practices: [
        { value: '', text: say('Choose one') },
        ...items.map(({ id: value, name: text }) => ({ value, text })),
      ],
      words: { reach: REACH_WORDS },
    });
  }
}

/**
 * The page shows what they said is safe, and sends it back as it was: that answers nothing anew. A "yes" to a new number
 * is one that was chosen.
 */
function withoutOldAnswers(input: AmendClientInput, view: ClientView): AmendClientInput {
  const old = Object.values(SAFE_FIELDS).filter((field) => input[field] === view[field]);
  return without(input, ...old);
}
