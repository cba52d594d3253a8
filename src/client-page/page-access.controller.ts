import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiMake, ApiReadAll, ApiWriteAll } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import { MakePageLinkInput, PageAskedInput, PageLinkView, PageVisitorView } from './page-access.dto.js';
import { PageAccessQueries } from './page-access.queries.js';
import { PageAccess } from './page-access.service.js';

@ApiTags('Client’s page')
@Controller('clients/:id/page')
export class PageAccessController {
  constructor(
    private readonly access: PageAccess,
    private readonly queries: PageAccessQueries,
  ) {}

  @Get()
  @Can('clientPage.get')
  @ApiReadAll(PageVisitorView, 'Who may enter the person’s own page, and how')
  list(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<PageVisitorView[]> {
    return this.queries.list(actor, id);
  }

  @Post('asked')
  @Can('clientPage.change')
  @ApiWriteAll(
    PageVisitorView,
    'Record that somebody with a safety flag asked for a page',
    'Without that there is none. Raising or lifting the flag ends it: they are asked again.',
  )
  async asked(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: PageAskedInput,
  ): Promise<PageVisitorView[]> {
    return this.queries.list(actor, await this.access.recordAsked(actor, id, input));
  }

  @Post('links')
  @Can('clientPage.change')
  @ApiMake(
    PageLinkView,
    'Make a link to hand over',
    'It opens with the person’s date of birth, and ends after five wrong ones. Never with a safety flag.',
  )
  async link(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: MakePageLinkInput,
  ): Promise<PageLinkView> {
    return this.access.linkView(actor, await this.access.makeLink(actor, id, input));
  }

  @Post('close')
  @Can('clientPage.change')
  @ApiWriteAll(PageVisitorView, 'Close the page: sessions and links end at once')
  async close(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<PageVisitorView[]> {
    return this.queries.list(actor, await this.access.close(actor, id));
  }

  @Post('reopen')
  @Can('clientPage.change')
  @ApiWriteAll(PageVisitorView, 'Open a closed page again, when the person wants it')
  async reopen(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<PageVisitorView[]> {
    return this.queries.list(actor, await this.access.reopen(actor, id));
  }
}
