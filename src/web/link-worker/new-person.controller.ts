import { Controller, Get, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type CandidateView, CreateClientInput } from '../../clients/client.dto.js';
import { ClientsService } from '../../clients/clients.service.js';
import { OrganisationsQueries } from '../../identity/organisations.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, readForm, take } from '../layout/forms.js';
import { DETAIL_CHOICES } from './details.form.js';
import { languageChoices } from '../layout/words.js';
import { AGREEMENT_WORDS, FACT_WORDS, LIKELIHOOD_WORDS } from './link-worker.words.js';
import { say } from '../words/staff/staff-words.js';

const MOST_PRACTICES = 100;

/** Somebody nobody has referred yet. Whoever they may already be is shown first, so that nobody is here twice. */
@ApiExcludeController()
@Controller('desk/people')
export class NewPersonController {
  constructor(
    private readonly desk: Desk,
    private readonly clients: ClientsService,
    private readonly organisations: OrganisationsQueries,
  ) {}

  @Get('new')
  @Can('client.create')
  async ask(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    const usual = { language: 'en', interpreter: 'not_needed', safetyFlag: 'no', initialsOnly: 'no' };
    await this.form(reply, actor, newForm({ ...usual, noFixedAddress: 'no' }));
  }

  @Post()
  @Can('client.create')
  async create(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async (body) =>
        `/desk/people/${await this.clients.create(actor, await readForm(CreateClientInput, body))}`,
      (form) => this.form(reply, actor, form),
    );
  }

  private async form(reply: FastifyReply, actor: MemberActor, form: Form): Promise<void> {
    const { items } = await this.organisations.list(actor, {
      kind: ['gp_practice'],
      active: true,
      limit: MOST_PRACTICES,
    });
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/person-new.njk', {
      title: say('Somebody new'),
      form,
      candidates: (form.refusal?.details['candidates'] as CandidateView[] | undefined) ?? [],
      ruledOut: [form.values['notTheSameAs'] ?? []].flat(),
      choices: DETAIL_CHOICES,
      languages: languageChoices(form.values['language']),
      practices: [
        { value: '', text: say('Choose one') },
        ...items.map(({ id: value, name: text }) => ({ value, text })),
      ],
      words: { likelihood: LIKELIHOOD_WORDS, fact: FACT_WORDS, agreement: AGREEMENT_WORDS },
    });
  }
}
