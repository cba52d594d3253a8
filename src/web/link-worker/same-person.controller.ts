import { Controller, Get, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ReasonInput } from '../../clients/client.dto.js';
import { ClientMerges } from '../../clients/client-merges.service.js';
import { ClientsQueries } from '../../clients/clients.queries.js';
import { MergesQueries } from '../../clients/merges.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Clock } from '../../platform/clock/clock.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { Id } from '../../platform/http/id-param.js';
import { PersonHeads } from '../../referrals/person-head.queries.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, readForm, take } from '../layout/forms.js';
import { REACH_WORDS } from '../practice/practice.words.js';
import { sideBySide } from './details.facts.js';
import { AGREEMENT_WORDS, FACT_WORDS, LIKELIHOOD_WORDS } from './link-worker.words.js';
import { recordPages, recordTitle } from './record.js';
import { say } from '../words/staff/staff-words.js';

/** Somebody who is here twice: who it may be, both records side by side, joining them and taking them apart again. */
@ApiExcludeController()
@Controller('desk/people/:id/same')
export class SamePersonController {
  constructor(
    private readonly desk: Desk,
    private readonly clock: Clock,
    private readonly heads: PersonHeads,
    private readonly clients: ClientsQueries,
    private readonly merges: ClientMerges,
    private readonly queries: MergesQueries,
  ) {}

  @Get()
  @Can('client.match')
  async matches(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const person = await this.heads.of(actor, id);
    const { candidates } = await this.clients.matchesOf(actor, id);
    await this.desk.show(reply, actor, 200, 'link-worker/pages/same-person.njk', {
      title: recordTitle(say('Are they here twice?'), person),
      person,
      pages: recordPages(id, 'details'),
      candidates,
      words: {
        reach: REACH_WORDS,
        likelihood: LIKELIHOOD_WORDS,
        agreement: AGREEMENT_WORDS,
        fact: FACT_WORDS,
      },
    });
  }

  @Get('joined')
  @Can('client.merge')
  async joined(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.past(reply, actor, id, newForm());
  }

  /** Under the record that is in use; named is the one that stopped being used. */
  @Post('joined/:mergedId/apart')
  @Can('client.unmerge')
  async unmerge(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('mergedId') mergedId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const { reason } = await readForm(ReasonInput, body);
        await this.merges.unmerge(actor, mergedId, reason);
        return `/desk/people/${id}/same/joined`;
      },
      (form) => this.past(reply, actor, id, form, mergedId),
    );
  }

  @Get(':otherId')
  @Can('client.merge')
  async compare(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('otherId') otherId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.both(reply, actor, id, otherId, newForm());
  }

  @Post(':otherId')
  @Can('client.merge')
  async join(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('otherId') otherId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const { reason } = await readForm(ReasonInput, body);
        await this.merges.merge(actor, id, otherId, reason);
        return `/desk/people/${id}/same/joined`;
      },
      (form) => this.both(reply, actor, id, otherId, form),
    );
  }

  private async both(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    otherId: string,
    form: Form,
  ): Promise<void> {
    if (id === otherId) throw Refusal.notFound();
    const person = await this.heads.of(actor, id);
    const here = await this.clients.get(actor, id);
    const there = await this.clients.get(actor, otherId);
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/same-person-join.njk', {
      title: recordTitle(say('Is this the same person?'), person),
      form,
      person,
      pages: recordPages(id, 'details'),
      other: there,
      facts: sideBySide(here, there),
      joined: here.mergedInto !== null || there.mergedInto !== null,
      words: { reach: REACH_WORDS },
    });
  }

  private async past(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    form: Form,
    tried: string | null = null,
  ): Promise<void> {
    const person = await this.heads.of(actor, id);
    const merges = await this.queries.list(actor, id);
    const now = this.clock.now();
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/same-person-joined.njk', {
      title: recordTitle(say('Records joined to this one'), person),
      form,
      blank: newForm(),
      tried,
      person,
      pages: recordPages(id, 'details'),
      merges: merges.map((merge) => ({
        merge,
        apart: merge.undoneAt === null && merge.keptId === id && merge.undoUntil > now,
      })),
      words: { reach: REACH_WORDS },
    });
  }
}
