import { Controller, Get, Post, Res } from '@nestjs/common';
import { ApiExcludeController, OmitType } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RaiseConcern } from '../../onward-referrals/concern.dto.js';
import { Concerns } from '../../onward-referrals/concerns.service.js';
import type { OnwardView } from '../../onward-referrals/onward.dto.js';
import { OnwardQueries } from '../../onward-referrals/onward.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { YesNo } from '../../platform/http/fields.js';
import { Id } from '../../platform/http/id-param.js';
import { PersonHeads } from '../../referrals/person-head.queries.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, readForm, take } from '../layout/forms.js';
import { choicesOf } from '../layout/words.js';
import { CONCERN_KIND_WORDS, TOLD_BY_WORDS } from '../managers/managers.words.js';
import { REACH_WORDS } from '../practice/practice.words.js';
import { say } from '../words/staff/staff-words.js';

/** Of which group and about whom is known here; whether the managers may know whom is asked. */
class TellConcern extends OmitType(RaiseConcern, ['organisationId', 'clientId'] as const) {
  @YesNo()
  names: boolean;
}

/** Pressure or unequal treatment by a group, from the page of whom it was asked to help: told to the managers alone. */
@ApiExcludeController()
@Controller('desk/onward/:id/concern')
export class GroupConcernController {
  constructor(
    private readonly desk: Desk,
    private readonly onward: OnwardQueries,
    private readonly heads: PersonHeads,
    private readonly concerns: Concerns,
  ) {}

  @Get()
  @Can('concern.raise')
  async ask(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.form(reply, actor, id, newForm());
  }

  @Post()
  @Can('concern.raise')
  async raise(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const { clientId, organisation } = await this.about(actor, id);
        const { names, ...said } = await readForm(TellConcern, body);
        const about = { organisationId: organisation.id, clientId: names ? clientId : null };
        return `/desk/concerns/${await this.concerns.raise(actor, { ...said, ...about })}`;
      },
      (form) => this.form(reply, actor, id, form),
    );
  }

  private async about(actor: MemberActor, id: string): Promise<OnwardView> {
    const view = await this.onward.get(actor, id);
    if (!('clientId' in view)) throw Refusal.notFound();
    return view;
  }

  private async form(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const view = await this.about(actor, id);
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/group-concern.njk', {
      title: say('How {{organisationName}} treated somebody', { organisationName: view.organisation.name }),
      view,
      person: await this.heads.of(actor, view.clientId),
      form,
      kinds: choicesOf(CONCERN_KIND_WORDS),
      from: choicesOf(TOLD_BY_WORDS),
      words: { reach: REACH_WORDS },
    });
  }
}
