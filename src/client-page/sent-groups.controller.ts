import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiMake, ApiRead, ApiReadAll } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import type { Visit } from './page.types.js';
import { AnswerGroupInput, PageGroupView, SendGroupsInput, SendingView } from './sent-groups.dto.js';
import { type SentGroup, SentGroupsQueries } from './sent-groups.queries.js';
import { SentGroups } from './sent-groups.service.js';
import { CurrentVisit, OnOwnPage } from './visit.guard.js';

@ApiTags('Client’s page')
@Controller()
export class SentGroupsController {
  constructor(
    private readonly groups: SentGroups,
    private readonly queries: SentGroupsQueries,
  ) {}

  @Get('referrals/:referralId/shortlist/sending')
  @Can('shortlist.list')
  @ApiRead(SendingView, 'What of the shortlist may be sent to the person, and how')
  sending(@CurrentActor() actor: MemberActor, @Id('referralId') referralId: string): Promise<SendingView> {
    return this.queries.sending(actor, referralId);
  }

  @Post('referrals/:referralId/shortlist/send')
  @Can('shortlist.send')
  @ApiMake(
    SendingView,
    'Send services that are kept in mind to the person, to think about',
    'They stand on the person’s own page as they are published now; the message says only that something is there. It waits five minutes and goes by day; until it is on its way it can be taken back, as what a worker writes can. Once a day at most.',
  )
  async send(
    @CurrentActor() actor: MemberActor,
    @Id('referralId') referralId: string,
    @Body() input: SendGroupsInput,
  ): Promise<SendingView> {
    await this.groups.send(actor, referralId, input);
    return this.queries.sending(actor, referralId);
  }

  @Get('my-page/groups')
  @OnOwnPage()
  @ApiReadAll(PageGroupView, 'Groups they were sent to think about, as they were published then')
  async sent(@CurrentVisit() { actor }: Visit): Promise<PageGroupView[]> {
    return (await this.queries.sent(actor)).map(groupView);
  }

  @Post('my-page/groups/:id/answer')
  @OnOwnPage()
  @HttpCode(200)
  @ApiReadAll(
    PageGroupView,
    '“I would like this”, or “not for me”',
    'It can be said anew. Nobody at the group is told.',
  )
  async answer(
    @CurrentVisit() visit: Visit,
    @Id() id: string,
    @Body() input: AnswerGroupInput,
  ): Promise<PageGroupView[]> {
    await this.groups.answer(visit, id, input);
    return this.sent(visit);
  }
}

const groupView = ({ id, name, told, sentAt, asked, answer }: SentGroup): PageGroupView => ({
  id,
  name,
  organisationName: told?.organisation.name ?? null,
  description: told?.description ?? null,
  schedule: told?.schedule ?? [],
  address: told?.address ?? null,
  postcode: told?.postcode ?? null,
  cost: told?.cost ?? null,
  costNote: told?.costNote ?? null,
  howToJoin: told?.howToJoin ?? null,
  sentAt,
  stillThere: told !== null,
  asked,
  answer,
});
