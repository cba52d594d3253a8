import { Controller, Get, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RecordVolunteering, VoidVolunteering } from '../../assets/volunteering.dto.js';
import { VolunteeringQueries } from '../../assets/volunteering.queries.js';
import { Volunteering } from '../../assets/volunteering.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Id } from '../../platform/http/id-param.js';
import { PersonHeads } from '../../referrals/person-head.queries.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, readForm, take } from '../layout/forms.js';
import { REACH_WORDS } from '../practice/practice.words.js';
import { recordPages, recordTitle } from './record.js';
import { say } from '../words/staff/staff-words.js';

/** From helped to helper: who was supported and now supports others. */
@ApiExcludeController()
@Controller('desk/people/:id/volunteering')
export class VolunteeringPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly heads: PersonHeads,
    private readonly queries: VolunteeringQueries,
    private readonly volunteering: Volunteering,
  ) {}

  @Get()
  @Can('volunteering.get')
  async look(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.show(reply, actor, id, newForm());
  }

  @Post()
  @Can('volunteering.record')
  async record(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.change(reply, actor, id, async (body) =>
      this.volunteering.record(actor, id, await readForm(RecordVolunteering, body)),
    );
  }

  @Post('void')
  @Can('volunteering.record')
  async void(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.change(reply, actor, id, async (body) =>
      this.volunteering.void(actor, id, await readForm(VoidVolunteering, body)),
    );
  }

  private async change(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    work: (body: unknown) => Promise<unknown>,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await work(body);
        return `/desk/people/${id}/volunteering`;
      },
      (form) => this.show(reply, actor, id, form),
    );
  }

  private async show(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const person = await this.heads.of(actor, id);
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/volunteering.njk', {
      title: recordTitle(say('From helped to helper'), person),
      form,
      person,
      pages: recordPages(id, 'details'),
      view: await this.queries.ofClient(actor, id),
      words: { reach: REACH_WORDS },
    });
  }
}
