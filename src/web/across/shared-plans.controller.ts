import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { SharedPlanView } from '../../caseload/plan.dto.js';
import { PlansQueries } from '../../caseload/plans.queries.js';
import { planAsRead } from '../../client-page/page-plan.rules.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Id } from '../../platform/http/id-param.js';
import { PageQuery } from '../../platform/http/pagination.js';
import { currentLanguage } from '../../platform/http/request-context.js';
import { GroupFrame } from '../group/group-frame.js';
import { Desk } from '../layout/desk.js';
import { nextPage, readQuery } from '../layout/forms.js';
import { planPart } from '../my/my.pages.js';
import { speechFor } from '../words/choice.js';
import { type Speech, speechBy } from '../words/speech.js';
import { say } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/shared-plans';

/**
 * Plans that people let an organisation read, as they stand agreed at this moment: to those who refer in the frame of the desk, to
 * a group in its own, in its language.
 */
@ApiExcludeController()
@Controller('desk/shared-plans')
export class SharedPlanPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly frame: GroupFrame,
    private readonly plans: PlansQueries,
  ) {}

  @Get()
  @Can('sharedPlan.list')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { items, next } = await this.plans.shared(actor, await readQuery(PageQuery, asked));
    const speech = speechOf(reply, actor);
    const rows = items.map(({ id, name, sharedAt }) => ({ id, name, day: speech.day(sharedAt) }));
    const shown = { rows, next: next && nextPage(ADDRESS, asked, next) };
    if (isGroup(actor)) {
      await this.frame.show(reply, 'group/pages/plans.njk', {
        title: speech.t('ours.plans.title'),
        ...shown,
      });
      return;
    }
    const title = say('Plans we may read');
    await this.desk.show(reply, actor, 200, 'across/pages/shared-plans.njk', { title, ...shown });
  }

  @Get(':id')
  @Can('sharedPlan.list')
  async one(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    const view = await this.plans.sharedOne(actor, id);
    const speech = speechOf(reply, actor);
    const shown = { name: view.name, given: speech.day(view.sharedAt), plan: partsOf(view, speech) };
    // Titles stay in the browser's history: none names a person.
    const title = speech.t('ours.plans.given', { day: shown.given });
    if (isGroup(actor)) {
      await this.frame.show(reply, 'group/pages/plan.njk', { title, ...shown });
      return;
    }
    await this.desk.show(reply, actor, 200, 'across/pages/shared-plan.njk', { title, ...shown });
  }
}

const isGroup = ({ role }: MemberActor): boolean => role === 'provider_member';

const speechOf = (reply: FastifyReply, actor: MemberActor): Speech =>
  isGroup(actor) ? speechFor(reply.request) : speechBy(currentLanguage());

const partsOf = ({ content }: SharedPlanView, speech: Speech) => planPart(planAsRead(content), speech);
