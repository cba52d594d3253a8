import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiReadAll, ApiReadPage } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import type { Page } from '../platform/http/pagination.js';
import { AuditEntryView, AuditQuery, AuditWhoView, WhoQuery } from './audit-search.dto.js';
import { AuditSearchQueries } from './audit-search.queries.js';

@ApiTags('Records')
@Controller()
export class AuditSearchController {
  constructor(private readonly queries: AuditSearchQueries) {}

  @Get('audit')
  @Can('audit.search')
  @ApiReadPage(
    AuditEntryView,
    'Search the record of who did what, newest first unless told',
    'By person, by user, by kind and by day, at most a year at a time. The search is on record too.',
  )
  search(@CurrentActor() actor: MemberActor, @Query() query: AuditQuery): Promise<Page<AuditEntryView>> {
    return this.queries.search(actor, query);
  }

  @Get('clients/:id/who-looked')
  @Can('audit.search')
  @ApiReadAll(
    AuditWhoView,
    'See who looked at a person’s record or wrote in it',
    'Also of a person whose record was destroyed: what is kept of it is this.',
  )
  who(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query() query: WhoQuery,
  ): Promise<AuditWhoView[]> {
    return this.queries.who(actor, id, query);
  }
}
