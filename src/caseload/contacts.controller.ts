import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiAmend, ApiMake, ApiRead, ApiReadAll, ApiReadPage } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import { PageQuery, type Page } from '../platform/http/pagination.js';
import { IfMatch } from '../platform/http/version.js';
import { AmendContactInput, ContactHistoryView, ContactView, LogContactInput } from './contact.dto.js';
import { ContactsQueries } from './contacts.queries.js';
import { ContactsService } from './contacts.service.js';

@ApiTags('Contacts')
@Controller()
export class ContactsController {
  constructor(
    private readonly service: ContactsService,
    private readonly queries: ContactsQueries,
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
}
