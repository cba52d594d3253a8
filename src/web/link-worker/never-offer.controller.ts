import { Controller, Get, HttpCode, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ClientsQueries } from '../../clients/clients.queries.js';
import { ClientsService } from '../../clients/clients.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Text, Uuid } from '../../platform/http/fields.js';
import { Id } from '../../platform/http/id-param.js';
import { without } from '../../platform/pure/without.js';
import { ProvidersQueries } from '../../providers/providers.queries.js';
import { PersonHeads } from '../../referrals/person-head.queries.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, overtaken, readForm, seenIn, sent, take } from '../layout/forms.js';
import { REACH_WORDS } from '../practice/practice.words.js';
import { recordPages, recordTitle } from './record.js';
import { say } from '../words/staff/staff-words.js';

const SHOWN = 10;

class FindGroupForm {
  @Text({ max: 100 })
  text: string;
}

class NeverOfferForm {
  @Uuid({ description: 'The group.' })
  organisationId: string;
}

/** Groups a person is never offered to, because they said so or it would not be safe. No reason is asked or kept. */
@ApiExcludeController()
@Controller('desk/people/:id/never-offer')
export class NeverOfferController {
  constructor(
    private readonly desk: Desk,
    private readonly heads: PersonHeads,
    private readonly clients: ClientsService,
    private readonly queries: ClientsQueries,
    private readonly providers: ProvidersQueries,
  ) {}

  @Get()
  @Can('client.neverOffer')
  async all(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.show(reply, actor, id, newForm());
  }

  /** Which group it may be; answered with the page itself, so that it stands beside nobody in an address. */
  @Post('find')
  @HttpCode(200)
  @Can('client.neverOffer')
  async find(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const { text } = await readForm(FindGroupForm, body);
        await this.show(reply, actor, id, newForm({ text }));
        return null;
      },
      (form) => this.show(reply, actor, id, form),
    );
  }

  @Post()
  @Can('client.neverOffer')
  async add(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async (body) => {
        const { organisationId } = await readForm(NeverOfferForm, without(sent(body), 'text'));
        await this.clients.addNeverOffer(actor, id, organisationId);
        return `/desk/people/${id}/never-offer`;
      },
      (form) => this.show(reply, actor, id, form),
    );
  }

  @Post(':organisationId/remove')
  @Can('client.neverOffer')
  async remove(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('organisationId') organisationId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.clients.removeNeverOffer(actor, id, organisationId, seenIn(body));
        return `/desk/people/${id}/never-offer`;
      },
      (form) => this.show(reply, actor, id, form),
    );
  }

  private async show(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const person = await this.heads.of(actor, id);
    const never = await this.queries.neverOffers(actor, id);
    const text = String(form.values['text'] ?? '');
    const found =
      text === '' || form.wrong['text'] ? null : await this.providers.list(actor, { text, limit: SHOWN });
    const listed = new Set(never.map(({ organisationId }) => organisationId));
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/never-offer.njk', {
      title: recordTitle(say('Groups never to offer'), person),
      form: overtaken(form, person),
      keys: { add: newForm(), remove: newForm({}, person.version) },
      person,
      pages: recordPages(id, 'details'),
      never,
      found: found && found.items.filter(({ organisationId }) => !listed.has(organisationId)),
      more: found !== null && found.next !== null,
      words: { reach: REACH_WORDS },
    });
  }
}
