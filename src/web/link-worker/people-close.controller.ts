import { Controller, Get, HttpCode, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type ClientLine, ClientSearchInput } from '../../clients/client.dto.js';
import { ClientsQueries } from '../../clients/clients.queries.js';
import {
  AmendSupporterInput,
  LinkClientInput,
  NameSupporterInput,
  type SupporterView,
} from '../../clients/people-close.dto.js';
import { PeopleCloseQueries } from '../../clients/people-close.queries.js';
import { PeopleCloseService } from '../../clients/people-close.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { Id } from '../../platform/http/id-param.js';
import { validated } from '../../platform/http/validation.js';
import { spokenPhone } from '../../platform/pure/phone.js';
import { without } from '../../platform/pure/without.js';
import { PersonHeads } from '../../referrals/person-head.queries.js';
import { dayBoxes } from '../layout/dates.js';
import { Desk } from '../layout/desk.js';
import {
  type Form,
  newForm,
  overtaken,
  readChange,
  readForm,
  sent,
  take,
  versionIn,
} from '../layout/forms.js';
import { choicesOf, spokenNhsNumber } from '../layout/words.js';
import { REACH_WORDS } from '../practice/practice.words.js';
import { soughtIn } from '../search/sought.rules.js';
import { RELATION_WORDS, SHARED_ITEM_WORDS, SUPPORTER_ROLE_WORDS } from './details.words.js';
import { recordPages, recordTitle } from './record.js';
import { say } from '../words/staff/staff-words.js';

const SHOWN = 10;

/** Whom a person belongs with here, and whom they name: carers, advocates, family. Each sees only what is given to them. */
@ApiExcludeController()
@Controller('desk/people/:id/close-to-them')
export class PeopleClosePagesController {
  constructor(
    private readonly desk: Desk,
    private readonly heads: PersonHeads,
    private readonly clients: ClientsQueries,
    private readonly queries: PeopleCloseQueries,
    private readonly service: PeopleCloseService,
  ) {}

  @Get()
  @Can('supporter.list')
  async all(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.show(reply, actor, id, newForm());
  }

  /** Who it may be, of those in reach; answered with the page itself, so that what is looked for stands in no address. */
  @Post('find')
  @HttpCode(200)
  @Can('client.link')
  async find(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.show(reply, actor, id, newForm(sent(body)));
        return null;
      },
      (form) => this.show(reply, actor, id, form),
    );
  }

  @Post('link')
  @Can('client.link')
  async link(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const typed = without(sent(body), 'q');
        await this.service.link(actor, id, await readForm(LinkClientInput, typed));
        return addressOf(id);
      },
      (form) => this.show(reply, actor, id, form),
    );
  }

  @Post('links/:linkId/end')
  @Can('client.link')
  async endLink(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('linkId') linkId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async () => {
        await this.service.endLink(actor, id, linkId);
        return addressOf(id);
      },
      (form) => this.show(reply, actor, id, form),
    );
  }

  @Get('supporter')
  @Can('supporter.amend')
  async askSupporter(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.supporter(reply, actor, id, null, newForm({ mayContact: 'no' }));
  }

  @Post('supporter')
  @Can('supporter.amend')
  async name(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.service.nameSupporter(actor, id, await readForm(NameSupporterInput, body));
        return addressOf(id);
      },
      (form) => this.supporter(reply, actor, id, null, form),
    );
  }

  @Get('supporters/:supporterId')
  @Can('supporter.amend')
  async askAmend(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('supporterId') supporterId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const known = await this.named(actor, id, supporterId);
    await this.supporter(reply, actor, id, known, newForm(answersOf(known), known.version));
  }

  @Post('supporters/:supporterId')
  @Can('supporter.amend')
  async amend(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('supporterId') supporterId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const input = await readChange(AmendSupporterInput, body);
        await this.service.amendSupporter(actor, id, supporterId, versionIn(body), input);
        return addressOf(id);
      },
      async (form) => {
        const known = await this.named(actor, id, supporterId);
        await this.supporter(reply, actor, id, known, overtaken(form, known));
      },
    );
  }

  @Post('supporters/:supporterId/end')
  @Can('supporter.amend')
  async end(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('supporterId') supporterId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async () => {
        await this.service.endSupporter(actor, id, supporterId);
        return addressOf(id);
      },
      (form) => this.show(reply, actor, id, form),
    );
  }

  private async show(reply: FastifyReply, actor: MemberActor, id: string, asked: Form): Promise<void> {
    const person = await this.heads.of(actor, id);
    const { form, found } = await this.sought(actor, id, asked);
    const links = await this.queries.links(actor, id);
    const supporters = await this.queries.supporters(actor, id);
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/people-close.njk', {
      title: recordTitle(say('Family, household and supporters'), person),
      form,
      other: newForm(),
      person,
      pages: recordPages(id, 'details'),
      links,
      live: supporters.filter(({ endedAt }) => endedAt === null),
      over: supporters.filter(({ endedAt }) => endedAt !== null),
      found: found?.map((one) => ({
        value: one.id,
        text: `${one.firstName} ${one.lastName}, born ${one.dateOfBirth}, NHS number ${spokenNhsNumber(one.nhsNumber)}`,
      })),
      relations: choicesOf(RELATION_WORDS),
      words: {
        reach: REACH_WORDS,
        relation: RELATION_WORDS,
        role: SUPPORTER_ROLE_WORDS,
        item: SHARED_ITEM_WORDS,
      },
    });
  }

  /** Those who fit what was typed, without the person; null where nothing was looked for. */
  private async sought(
    actor: MemberActor,
    id: string,
    form: Form,
  ): Promise<{ form: Form; found: ClientLine[] | null }> {
    const typed = form.values['q'];
    if (typed === undefined || typeof typed !== 'string') return { form, found: null };
    const sought = soughtIn(typed.slice(0, 100));
    if (sought.by === 'nothing' || sought.by === 'reference') {
      const message = sought.by === 'nothing' ? sought.problem : say('Enter an NHS number or a name');
      return { form: wrongIn(form, message), found: null };
    }
    try {
      const input = await validated(ClientSearchInput, { ...without(sought, 'by'), limit: SHOWN });
      const { items } = await this.clients.search(actor, input);
      return { form, found: items.filter((one) => one.id !== id) };
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 422) throw error;
      return { form: wrongIn(form, say('Enter an NHS number or a name')), found: null };
    }
  }

  private async supporter(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    known: SupporterView | null,
    form: Form,
  ): Promise<void> {
    const person = await this.heads.of(actor, id);
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/supporter.njk', {
      title: recordTitle(known ? say('Change a supporter') : say('Add a supporter'), person),
      form,
      other: newForm(),
      person,
      pages: recordPages(id, 'details'),
      known,
      now: known && saidOf(known),
      roles: choicesOf(SUPPORTER_ROLE_WORDS),
      items: choicesOf(SHARED_ITEM_WORDS),
      words: { reach: REACH_WORDS },
    });
  }

  private async named(actor: MemberActor, id: string, supporterId: string): Promise<SupporterView> {
    const supporter = await this.queries.getSupporter(actor, id, supporterId);
    if (supporter.endedAt !== null) throw Refusal.notFound();
    return supporter;
  }
}

const addressOf = (id: string): string => `/desk/people/${id}/close-to-them`;

const wrongIn = (form: Form, message: string): Form => ({
  ...form,
  wrong: { ...form.wrong, q: message },
  errors: [...form.errors, { text: message, href: '#q' }],
  status: 422,
});

const answersOf = (one: SupporterView): Form['values'] => ({
  name: one.name,
  role: one.role,
  phone: one.phone === null ? '' : spokenPhone(one.phone),
  email: one.email ?? '',
  mayContact: one.mayContact ? 'yes' : 'no',
  shares: one.shares,
  note: one.note ?? '',
  ...dayBoxes('agreedOn', one.agreedOn),
});

const saidOf = (one: SupporterView): { label: string; value: string | null }[] => [
  { label: say('Name'), value: one.name },
  { label: say('Who they are'), value: SUPPORTER_ROLE_WORDS[one.role] },
  { label: say('Phone'), value: one.phone && spokenPhone(one.phone) },
  { label: say('E-mail address'), value: one.email },
  { label: say('What they see'), value: one.shares.map((item) => SHARED_ITEM_WORDS[item]).join(', ') },
  { label: say('Note'), value: one.note },
];
