import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiMake, ApiRead, ApiReadPage, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import type { Page } from '../platform/http/pagination.js';
import { GroupLinks } from './group-links.service.js';
import {
  GroupLinkListQuery,
  GroupLinkView,
  MakeGroupLink,
  SurveyReplyListQuery,
  SurveyReplyView,
} from './survey.dto.js';
import { SurveysQueries } from './surveys.queries.js';
import { Surveys } from './surveys.service.js';

@ApiTags('What groups have to offer')
@Controller()
export class SurveysController {
  constructor(
    private readonly groupLinks: GroupLinks,
    private readonly surveys: Surveys,
    private readonly queries: SurveysQueries,
  ) {}

  @Get('group-links')
  @Can('groupLink.list')
  @ApiReadPage(GroupLinkView, 'Links handed out to groups, newest first')
  links(
    @CurrentActor() actor: MemberActor,
    @Query() query: GroupLinkListQuery,
  ): Promise<Page<GroupLinkView>> {
    return this.queries.links(actor, query);
  }

  @Post('group-links')
  @Can('groupLink.make')
  @ApiMake(
    GroupLinkView,
    'Make a link for a group, or for every group of a neighbourhood',
    'Nothing is sent: the address is in the answer.',
  )
  async makeLink(@CurrentActor() actor: MemberActor, @Body() body: MakeGroupLink): Promise<GroupLinkView> {
    return this.queries.link(actor, await this.groupLinks.make(actor, body));
  }

  @Get('group-links/:id')
  @Can('groupLink.list')
  @ApiRead(GroupLinkView, 'One link')
  link(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<GroupLinkView> {
    return this.queries.link(actor, id);
  }

  @Post('group-links/:id/revoke')
  @Can('groupLink.make')
  @ApiWrite(GroupLinkView, 'End a link at once')
  async revokeLink(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<GroupLinkView> {
    return this.queries.link(actor, await this.groupLinks.revoke(actor, id));
  }

  @Get('survey-replies')
  @Can('survey.list')
  @ApiReadPage(SurveyReplyView, 'What groups said they have to offer, newest first', 'A group reads its own.')
  list(
    @CurrentActor() actor: MemberActor,
    @Query() query: SurveyReplyListQuery,
  ): Promise<Page<SurveyReplyView>> {
    return this.queries.list(actor, query);
  }

  @Get('survey-replies/:id')
  @Can('survey.list')
  @ApiRead(SurveyReplyView, 'One reply, with what became of each answer')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<SurveyReplyView> {
    return this.queries.get(actor, id);
  }

  @Post('survey-replies/:id/review')
  @Can('survey.review')
  @ApiWrite(SurveyReplyView, 'Say that you have looked at it', 'The drafts are published one by one.')
  async review(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<SurveyReplyView> {
    return this.queries.get(actor, await this.surveys.review(actor, id));
  }

  @Post('survey-replies/:id/forget')
  @Can('survey.review')
  @ApiWrite(
    SurveyReplyView,
    'Forget who answered and what they wrote',
    'Drafts nobody has worked on yet go too. What was changed or published stays: retire it.',
  )
  async forget(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<SurveyReplyView> {
    return this.queries.get(actor, await this.surveys.forget(actor, id));
  }
}
