import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiAmend, ApiMake, ApiRead, ApiReadPage, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import type { Page } from '../platform/http/pagination.js';
import { IfMatch } from '../platform/http/version.js';
import { StoriesQueries } from './stories.queries.js';
import { Stories } from './stories.service.js';
import {
  AmendStoryInput,
  ApproveStoryInput,
  PrintStoryInput,
  SendBackStoryInput,
  SettlePrintingInput,
  StoriesQuery,
  StoryConsentInput,
  StoryLine,
  StoryView,
  WithdrawStoryInput,
  WriteStoryInput,
} from './story.dto.js';

@ApiTags('Stories')
@Controller()
export class StoriesController {
  constructor(
    private readonly stories: Stories,
    private readonly queries: StoriesQueries,
  ) {}

  @Get('stories')
  @Can('story.list')
  @ApiReadPage(StoryLine, 'Stories by their headings, newest first')
  list(@CurrentActor() actor: MemberActor, @Query() query: StoriesQuery): Promise<Page<StoryLine>> {
    return this.queries.list(actor, query);
  }

  @Post('clients/:id/stories')
  @Can('story.write')
  @ApiMake(
    StoryView,
    'Write down a story in the person’s own words',
    'It is shown nowhere until it is agreed to and read.',
  )
  async write(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: WriteStoryInput,
  ): Promise<StoryView> {
    return this.queries.get(actor, await this.stories.write(actor, id, body));
  }

  @Get('stories/:id')
  @Can('story.get')
  @ApiRead(StoryView, 'A story, what it may be used for, who read it, and where it stands')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<StoryView> {
    return this.queries.get(actor, id);
  }

  @Patch('stories/:id')
  @Can('story.write')
  @ApiAmend(StoryView, 'Change a story', 'It is a draft again until somebody has read it again.')
  async amend(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @IfMatch() version: number,
    @Body() body: AmendStoryInput,
  ): Promise<StoryView> {
    return this.queries.get(actor, await this.stories.amend(actor, id, version, body));
  }

  @Post('stories/:id/consents')
  @Can('story.consent')
  @ApiWrite(StoryView, 'Record that the person agrees to one use, and until when')
  async consent(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: StoryConsentInput,
  ): Promise<StoryView> {
    return this.queries.get(actor, await this.stories.consent(actor, id, body));
  }

  @Post('stories/:id/offer')
  @Can('story.write')
  @ApiWrite(StoryView, 'Give the anonymised form to a second reader')
  async offer(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<StoryView> {
    return this.queries.get(actor, await this.stories.offer(actor, id));
  }

  @Post('stories/:id/approve')
  @Can('story.approve')
  @ApiWrite(
    StoryView,
    'Approve it as the second reader',
    'Refused until every word that could be a name was looked at.',
  )
  async approve(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: ApproveStoryInput,
  ): Promise<StoryView> {
    return this.queries.get(actor, await this.stories.approve(actor, id, body));
  }

  @Post('stories/:id/send-back')
  @Can('story.approve')
  @ApiWrite(StoryView, 'Send it back as the second reader, and say why')
  async sendBack(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: SendBackStoryInput,
  ): Promise<StoryView> {
    return this.queries.get(actor, await this.stories.sendBack(actor, id, body));
  }

  @Post('stories/:id/withdraw')
  @Can('story.withdraw')
  @ApiWrite(
    StoryView,
    'The person wants it used no more',
    'Whole, or for some uses. No report has it from then on; where it stands already becomes a task to take it down.',
  )
  async withdraw(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: WithdrawStoryInput,
  ): Promise<StoryView> {
    return this.queries.get(actor, await this.stories.withdraw(actor, id, body));
  }

  @Post('stories/:id/printings')
  @Can('story.print')
  @ApiWrite(StoryView, 'Write down where it stands now')
  async print(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: PrintStoryInput,
  ): Promise<StoryView> {
    return this.queries.get(actor, await this.stories.print(actor, id, body));
  }

  @Post('stories/:id/printings/:printingId/settle')
  @Can('story.print')
  @ApiWrite(StoryView, 'Say that it was taken down, or why it cannot be')
  async settle(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('printingId') printingId: string,
    @Body() body: SettlePrintingInput,
  ): Promise<StoryView> {
    return this.queries.get(actor, await this.stories.settle(actor, id, printingId, body));
  }
}
