import { Controller, Get, HttpCode, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ReasonInput, RecordDeathInput } from '../../clients/client.dto.js';
import { ClientsService } from '../../clients/clients.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Id } from '../../platform/http/id-param.js';
import { PersonHeads } from '../../referrals/person-head.queries.js';
import { Desk } from '../layout/desk.js';
import { checked, type Form, lookedAt, newForm, ofVersion, readForm, seenIn, take } from '../layout/forms.js';
import { REACH_WORDS } from '../practice/practice.words.js';
import { recordPages, recordTitle } from './record.js';
import { say } from '../words/staff/staff-words.js';

/** A death is written down in two steps, since so much ends with it: what was heard, then what will stop. */
@ApiExcludeController()
@Controller('desk/people/:id/death')
export class DeathController {
  constructor(
    private readonly desk: Desk,
    private readonly heads: PersonHeads,
    private readonly clients: ClientsService,
  ) {}

  // Senders and groups say so about their own referral, on pages of their own: a record is read by those who work on it.
  @Get()
  @Can('timeline.list')
  async ask(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.show(reply, actor, id, newForm());
  }

  /** Writes nothing: says once more whom it is about, and what will stop. */
  @Post('check')
  @HttpCode(200)
  @Can('timeline.list')
  async check(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { body } = reply.request;
    const input = await checked(
      reply,
      () => readForm(RecordDeathInput, body),
      (form) => this.show(reply, actor, id, form),
    );
    if (!input) return;
    const person = await this.heads.of(actor, id);
    await this.desk.show(reply, actor, 200, 'link-worker/pages/death-check.njk', {
      title: recordTitle(say('Check before you record it'), person),
      form: lookedAt(body),
      person,
      pages: recordPages(id, 'details'),
      input,
      words: { reach: REACH_WORDS },
    });
  }

  @Post()
  @Can('client.recordDeath')
  async record(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.clients.recordDeath(actor, id, await readForm(RecordDeathInput, body), seenIn(body));
        return `/desk/people/${id}/death`;
      },
      (form) => this.show(reply, actor, id, form),
    );
  }

  @Post('reverse')
  @Can('client.reverseDeath')
  async reverse(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const { reason } = await readForm(ReasonInput, body);
        await this.clients.reverseDeath(actor, id, reason, seenIn(body));
        return `/desk/people/${id}`;
      },
      (form) => this.show(reply, actor, id, form),
    );
  }

  private async show(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const person = await this.heads.of(actor, id);
    const recorded = person.deathRecordedAt !== null;
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/death.njk', {
      title: recordTitle(recorded ? say('Death recorded') : say('They have died'), person),
      form: ofVersion(form, person),
      person,
      pages: recordPages(id, 'details'),
      recorded,
      words: { reach: REACH_WORDS },
    });
  }
}
