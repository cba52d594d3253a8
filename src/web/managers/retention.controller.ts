import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ReasonInput } from '../../clients/client.dto.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Id } from '../../platform/http/id-param.js';
import { PageQuery } from '../../platform/http/pagination.js';
import { PlaceHoldInput, RetentionQuery, ReviewRetentionInput } from '../../records/record.dto.js';
import { RetentionQueries } from '../../records/retention.queries.js';
import { Retention } from '../../records/retention.service.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, nextPage, readForm, readQuery, take } from '../layout/forms.js';
import { choicesOf } from '../layout/words.js';
import type { AskedReason } from './reason.js';
import { DECISION_WORDS, KEPT_WORDS, standingOf } from './records.words.js';
import { say } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/retention';
const DECISIONS = `${ADDRESS}/decisions`;
const keepingOf = (clientId: string): string => `/desk/people/${clientId}/keeping`;

/** Records that have been kept long enough: looked at by a person, kept with a reason, or destroyed with a certificate. */
@ApiExcludeController()
@Controller('desk')
export class RetentionPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly retention: Retention,
    private readonly queries: RetentionQueries,
  ) {}

  @Get('retention')
  @Can('retention.list')
  async due(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const query = await readQuery(PageQuery, asked);
    const page = await this.queries.due(actor, query);
    await this.desk.show(reply, actor, 200, 'managers/pages/retention.njk', {
      title: say('Records kept long enough'),
      items: page.items,
      next: page.next && nextPage(ADDRESS, asked, page.next),
    });
  }

  @Get('retention/decisions')
  @Can('retention.list')
  async decisions(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.decided(reply, actor, asked, newForm());
  }

  @Post('retention/decisions/:id/cancel')
  @Can('retention.review')
  async cancel(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async () => {
        await this.retention.cancel(actor, id);
        return DECISIONS;
      },
      (form) => this.decided(reply, actor, {}, form),
    );
  }

  @Get('people/:id/keeping')
  @Can('legalHold.place')
  async keeping(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.ofPerson(reply, actor, id, newForm());
  }

  @Post('people/:id/keeping')
  @Can('retention.review')
  async decide(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.retention.review(actor, id, await readForm(ReviewRetentionInput, body));
        return DECISIONS;
      },
      (form) => this.ofPerson(reply, actor, id, form),
    );
  }

  @Post('people/:id/holds')
  @Can('legalHold.place')
  async hold(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.retention.placeHold(actor, id, (await readForm(PlaceHoldInput, body)).reason);
        return keepingOf(id);
      },
      (form) => this.ofPerson(reply, actor, id, form),
    );
  }

  @Get('people/:id/holds/:holdId/lift')
  @Can('legalHold.place')
  async askBeforeLifting(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('holdId') holdId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.lifting(reply, actor, id, holdId, newForm());
  }

  @Post('people/:id/holds/:holdId/lift')
  @Can('legalHold.place')
  async lift(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('holdId') holdId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.retention.liftHold(actor, id, holdId, (await readForm(ReasonInput, body)).reason);
        return keepingOf(id);
      },
      (form) => this.lifting(reply, actor, id, holdId, form),
    );
  }

  private async ofPerson(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const { name, years, due } = await this.queries.about(actor, id);
    await this.desk.show(reply, actor, form.status, 'managers/pages/keeping.njk', {
      title: say('Keeping the record of {{name}}', { name }),
      id,
      name,
      years,
      due,
      holds: await this.queries.holds(actor, id),
      form,
      decisions: choicesOf(DECISION_WORDS),
      reasons: [{ value: '', text: say('Choose why') }, ...choicesOf(KEPT_WORDS)],
    });
  }

  private async lifting(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    holdId: string,
    form: Form,
  ): Promise<void> {
    const hold = await this.queries.hold(actor, id, holdId);
    await this.desk.show(reply, actor, form.status, 'managers/pages/reason.njk', {
      title: say('Lift this legal hold'),
      back: { text: say('Keeping this record'), href: keepingOf(id) },
      says: say('It was placed because: {{reason}}', { reason: hold.reason }),
      action: `/desk/people/${id}/holds/${holdId}/lift`,
      label: say('Why it may be lifted'),
      buttonText: say('Lift the hold'),
      form,
    } satisfies AskedReason);
  }

  private async decided(
    reply: FastifyReply,
    actor: MemberActor,
    asked: Record<string, string>,
    form: Form,
  ): Promise<void> {
    const query = await readQuery(RetentionQuery, asked);
    const page = await this.queries.reviews(actor, query);
    await this.desk.show(reply, actor, form.status, 'managers/pages/retention-decisions.njk', {
      title: say('Decisions about old records'),
      form,
      filter: { values: asked, wrong: {} },
      items: page.items,
      standings: page.items.map(standingOf),
      next: page.next && nextPage(DECISIONS, asked, page.next),
      further: query.after !== undefined,
      words: { because: { ...KEPT_WORDS, kept_long_enough: say('Kept long enough') } },
    });
  }
}
