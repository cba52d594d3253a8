import { Body, Controller, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiAmend, ApiMake, ApiRead, ApiReadAll, ApiReadPage, ApiWriteSeen } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import { PageQuery, type Page } from '../platform/http/pagination.js';
import { IfMatch, IfMatchIfSent } from '../platform/http/version.js';
import {
  AmendContactInput,
  AmendSectionInput,
  ContactHistoryView,
  ContactView,
  LogContactInput,
  ReadRestrictedInput,
  RestrictedSectionView,
  SectionInput,
  UnreachedChoiceInput,
  UnreachedChoiceView,
} from './contact.dto.js';
import { ContactsQueries } from './contacts.queries.js';
import { ContactsService } from './contacts.service.js';
import { TimelineItem } from './timeline.dto.js';
import { TimelineQueries } from './timeline.queries.js';

@ApiTags('Contacts')
@Controller()
export class ContactsController {
  constructor(
    private readonly service: ContactsService,
    private readonly queries: ContactsQueries,
    private readonly timeline: TimelineQueries,
  ) {}

  @Post('referrals/:id/contacts')
  @Can('contact.log')
  @ApiMake(
    ContactView,
    'Log a contact, reached or not, with the next date',
    'A first reached contact begins the referral. A wrong number switches that way of reaching the person off.',
  )
  async log(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: LogContactInput,
  ): Promise<ContactView> {
    return this.queries.get(actor, await this.service.log(actor, id, body));
  }

  @Get('referrals/:id/contacts')
  @Can('contact.list')
  @ApiReadPage(ContactView, 'Contacts of a referral, newest first')
  list(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query() query: PageQuery,
  ): Promise<Page<ContactView>> {
    return this.queries.list(actor, id, query);
  }

  @Get('contacts/:id')
  @Can('contact.list')
  @ApiRead(ContactView, 'One contact')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<ContactView> {
    return this.queries.get(actor, id);
  }

  @Get('contacts/:id/history')
  @Can('contact.list')
  @ApiReadAll(ContactHistoryView, 'What a contact said before, who changed it and why')
  history(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<ContactHistoryView[]> {
    return this.queries.history(actor, id);
  }

  @Patch('contacts/:id')
  @Can('contact.amend')
  @ApiAmend(ContactView, 'Put a contact right; what it said before is kept')
  async amend(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @IfMatch() version: number,
    @Body() body: AmendContactInput,
  ): Promise<ContactView> {
    return this.queries.get(actor, await this.service.amend(actor, id, version, body));
  }

  @Post('contacts/:id/sections')
  @Can('contact.amend')
  @ApiMake(ContactView, 'Add restricted words or a safety item to a contact')
  async addSection(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: SectionInput,
  ): Promise<ContactView> {
    return this.queries.get(actor, await this.service.addSection(actor, id, body));
  }

  @Post('contacts/:id/sections/:sectionId/amend')
  @Can('contact.amend')
  @ApiWriteSeen(
    ContactView,
    'Put restricted words or a safety item right, or take them away',
    'The words there were are kept. Restricted words are changed only by whoever wrote them.',
  )
  async amendSection(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('sectionId') sectionId: string,
    @IfMatchIfSent() seen: number | undefined,
    @Body() body: AmendSectionInput,
  ): Promise<ContactView> {
    return this.queries.get(actor, await this.service.amendSection(actor, id, sectionId, body, seen));
  }

  @Post('contacts/:id/read-restricted')
  @Can('contact.readRestricted')
  @ApiReadAll(
    RestrictedSectionView,
    'Read the restricted words of a contact, saying why',
    'The reason is kept and the reading is on record. The person can ask to read this too.',
  )
  @HttpCode(200)
  async readRestricted(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: ReadRestrictedInput,
  ): Promise<RestrictedSectionView[]> {
    return this.queries.restricted(actor, await this.service.readRestricted(actor, id, body));
  }

  @Post('referrals/:id/unreached-choice')
  @Can('contact.log')
  @ApiMake(
    UnreachedChoiceView,
    'Choose what next after three tries without an answer',
    'A letter and a text become the owner’s task, the referrer is asked for another way, or the referral is closed.',
  )
  async choose(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: UnreachedChoiceInput,
  ): Promise<UnreachedChoiceView> {
    return this.queries.choice(actor, await this.service.choose(actor, id, body));
  }

  @Get('clients/:id/timeline')
  @Can('timeline.list')
  @ApiReadPage(TimelineItem, 'Everything that happened with a person, newest first')
  everything(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query() query: PageQuery,
  ): Promise<Page<TimelineItem>> {
    return this.timeline.list(actor, id, query);
  }
}
