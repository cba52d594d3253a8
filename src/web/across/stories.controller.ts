import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { Id } from '../../platform/http/id-param.js';
import { PageQuery } from '../../platform/http/pagination.js';
import { validated } from '../../platform/http/validation.js';
import { PersonHeads } from '../../referrals/person-head.queries.js';
import { StoriesQueries } from '../../stories/stories.queries.js';
import { Stories } from '../../stories/stories.service.js';
import {
  AmendStoryInput,
  ApproveStoryInput,
  PrintStoryInput,
  SendBackStoryInput,
  SettlePrintingInput,
  StoriesQuery,
  StoryConsentInput,
  type StoryView,
  WithdrawStoryInput,
  WriteStoryInput,
} from '../../stories/story.dto.js';
import { STORY_USES, type StoryUse } from '../../stories/story.types.js';
import { dayBoxes } from '../layout/dates.js';
import { Desk } from '../layout/desk.js';
import {
  type Form,
  newForm,
  nextPage,
  overtaken,
  readChange,
  readForm,
  readQuery,
  sent,
  take,
  versionIn,
} from '../layout/forms.js';
import { shapeOf } from '../layout/shape-of.js';
import { choicesOf, languageInWords } from '../layout/words.js';
import { recordPages, recordTitle } from '../link-worker/record.js';
import { OFFERED_LANGUAGES } from '../my/my.words.js';
import { HOW_WORDS, REACH_WORDS } from '../practice/practice.words.js';
import {
  PRINTING_END_WORDS,
  STORY_BASIS_WORDS,
  STORY_DECISION_WORDS,
  STORY_STATE_WORDS,
  STORY_USE_WORDS,
} from './across.words.js';
import { say } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/stories';

const WORDS = {
  state: STORY_STATE_WORDS,
  use: STORY_USE_WORDS,
  basis: STORY_BASIS_WORDS,
  decision: STORY_DECISION_WORDS,
  ends: PRINTING_END_WORDS,
  how: HOW_WORDS,
  reach: REACH_WORDS,
};

/** What people tell in their own words: written down, agreed to use by use, read by a second person, shown, taken back. */
@ApiExcludeController()
@Controller('desk')
export class StoryPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly clock: Clock,
    private readonly stories: Stories,
    private readonly queries: StoriesQueries,
    private readonly heads: PersonHeads,
  ) {}

  @Get('stories')
  @Can('story.list')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const query = await readQuery(StoriesQuery, asked);
    const page = await this.queries.list(actor, query);
    await this.desk.show(reply, actor, 200, 'across/pages/stories.njk', {
      title: say('Stories'),
      items: page.items,
      next: page.next && nextPage(ADDRESS, asked, page.next),
      further: query.after !== undefined,
      filters: { values: asked, wrong: {} },
      states: [{ value: '', text: say('Any') }, ...choicesOf(STORY_STATE_WORDS)],
      words: WORDS,
    });
  }

  @Get('people/:id/stories')
  @Can('story.list')
  async ofPerson(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const person = await this.heads.of(actor, id);
    const { after, limit } = await readQuery(PageQuery, asked);
    const page = await this.queries.list(actor, { after, limit, clientId: id });
    await this.desk.show(reply, actor, 200, 'across/pages/person-stories.njk', {
      title: recordTitle(say('Their stories'), person),
      person,
      pages: recordPages(id, 'details'),
      items: page.items,
      next: page.next && nextPage(`/desk/people/${id}/stories`, asked, page.next),
      words: WORDS,
    });
  }

  @Get('people/:id/stories/new')
  @Can('story.write')
  async ask(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    const person = await this.heads.of(actor, id);
    const today = dayBoxes('toldOn', londonDate(this.clock.now()));
    await this.writing(reply, actor, id, newForm({ language: person.language, ...today }));
  }

  @Post('people/:id/stories')
  @Can('story.write')
  async write(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) =>
        `${ADDRESS}/${await this.stories.write(actor, id, await readForm(WriteStoryInput, body))}`,
      (form) => this.writing(reply, actor, id, form),
    );
  }

  @Get('stories/:id')
  @Can('story.get')
  async look(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.page(reply, actor, id, newForm());
  }

  @Get('stories/:id/change')
  @Can('story.write')
  async askChange(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.changing(reply, actor, id, null);
  }

  @Post('stories/:id/change')
  @Can('story.write')
  async change(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const input = await readChange(AmendStoryInput, body);
        return `${ADDRESS}/${await this.stories.amend(actor, id, versionIn(body), input)}`;
      },
      (form) => this.changing(reply, actor, id, form),
    );
  }

  @Get('stories/:id/consent')
  @Can('story.consent')
  async askConsent(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const form = newForm(dayBoxes('agreedOn', londonDate(this.clock.now())));
    await this.agreeing(reply, actor, id, form);
  }

  @Post('stories/:id/consent')
  @Can('story.consent')
  async consent(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) =>
        `${ADDRESS}/${await this.stories.consent(actor, id, await readForm(StoryConsentInput, body))}`,
      (form) => this.agreeing(reply, actor, id, form),
    );
  }

  @Post('stories/:id/offer')
  @Can('story.write')
  async offer(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.move(reply, actor, id, () => this.stories.offer(actor, id));
  }

  @Post('stories/:id/approve')
  @Can('story.approve')
  async approve(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.move(reply, actor, id, async (body) => {
      // Without a box ticked, and where there was none to tick, nothing was looked at.
      const read = { lookedAt: [], ...shapeOf(ApproveStoryInput, sent(body)) };
      return this.stories.approve(actor, id, await validated(ApproveStoryInput, read));
    });
  }

  @Post('stories/:id/send-back')
  @Can('story.approve')
  async sendBack(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.move(reply, actor, id, async (body) =>
      this.stories.sendBack(actor, id, await readForm(SendBackStoryInput, body)),
    );
  }

  @Get('stories/:id/withdraw')
  @Can('story.withdraw')
  async askWithdraw(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.takingBack(reply, actor, id, newForm());
  }

  @Post('stories/:id/withdraw')
  @Can('story.withdraw')
  async withdraw(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) =>
        `${ADDRESS}/${await this.stories.withdraw(actor, id, await readForm(WithdrawStoryInput, body))}`,
      (form) => this.takingBack(reply, actor, id, form),
    );
  }

  @Post('stories/:id/printings')
  @Can('story.print')
  async print(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.move(reply, actor, id, async (body) =>
      this.stories.print(actor, id, await readForm(PrintStoryInput, body)),
    );
  }

  @Get('stories/:id/printings/:printingId')
  @Can('story.print')
  async askSettle(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('printingId') printingId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.settling(reply, actor, id, printingId, newForm());
  }

  @Post('stories/:id/printings/:printingId')
  @Can('story.print')
  async settle(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('printingId') printingId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const input = await readForm(SettlePrintingInput, body);
        return `${ADDRESS}/${await this.stories.settle(actor, id, printingId, input)}`;
      },
      (form) => this.settling(reply, actor, id, printingId, form),
    );
  }

  private async move(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    work: (body: unknown) => Promise<string>,
  ): Promise<void> {
    await take(
      reply,
      async (body) => `${ADDRESS}/${await work(body)}`,
      (form) => this.page(reply, actor, id, form),
    );
  }

  private async page(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const story = await this.queries.get(actor, id);
    const today = londonDate(this.clock.now());
    const agreed = story.consents.filter(({ endedAt, expiresOn }) => endedAt === null && expiresOn >= today);
    await this.show(reply, actor, story, say('A story'), form, 'story.njk', {
      agreed,
      before: story.consents
        .filter((one) => !agreed.includes(one))
        .map(({ use, agreedOn, expiresOn, endedBecause, endedAt }) => ({
          use,
          agreedOn,
          expiresOn,
          endedBecause,
          endedAt: endedAt === null ? null : new Date(endedAt),
        })),
      lookAt: story.lookAt.map((value) => ({
        value,
        text: value,
        ...(story.namesOfRecord.includes(value) ? { hint: { text: say('A name in their record') } } : {}),
      })),
      usable: usesOf(story.usableFor),
      other: newForm(),
    });
  }

  private async changing(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    tried: Form | null,
  ): Promise<void> {
    const story = await this.queries.get(actor, id);
    const { title, words, anonymised, language, version } = story;
    const known = { title, words: words ?? '', anonymised: anonymised ?? '', language };
    const form = overtaken(tried ?? newForm(known, version), story);
    await this.show(reply, actor, story, say('Change a story'), form, 'story-change.njk', {
      languages: languagesWith(language),
      now: [
        { label: say('Heading'), value: title },
        { label: say('In their own words'), value: words },
        { label: say('As it may be shown'), value: anonymised },
      ],
    });
  }

  private async agreeing(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const story = await this.queries.get(actor, id);
    await this.show(reply, actor, story, say('Where a story may be used'), form, 'story-consent.njk', {
      uses: choicesOf(STORY_USE_WORDS),
      bases: choicesOf(STORY_BASIS_WORDS),
      how: choicesOf(HOW_WORDS),
    });
  }

  private async takingBack(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const story = await this.queries.get(actor, id);
    const live = story.consents.filter(({ endedAt }) => endedAt === null).map(({ use }) => use);
    await this.show(reply, actor, story, say('Take back a story'), form, 'story-withdraw.njk', {
      uses: usesOf(live),
      how: choicesOf(HOW_WORDS),
    });
  }

  private async settling(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    printingId: string,
    form: Form,
  ): Promise<void> {
    const story = await this.queries.get(actor, id);
    const printing = story.printings.find((one) => one.id === printingId);
    if (!printing) throw Refusal.notFound();
    await this.show(reply, actor, story, say('Where a story stands'), form, 'story-printing.njk', {
      printing,
      ends: choicesOf(PRINTING_END_WORDS),
    });
  }

  private async writing(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const person = await this.heads.of(actor, id);
    await this.desk.show(reply, actor, form.status, 'across/pages/story-new.njk', {
      title: recordTitle(say('Write down a story'), person),
      person,
      pages: recordPages(id, 'details'),
      form,
      languages: languagesWith(person.language),
      how: choicesOf(HOW_WORDS),
      words: WORDS,
    });
  }

  private async show(
    reply: FastifyReply,
    actor: MemberActor,
    story: StoryView,
    heading: string,
    form: Form,
    page: string,
    more: object,
  ): Promise<void> {
    const person = await this.heads.of(actor, story.clientId);
    await this.desk.show(reply, actor, form.status, `across/pages/${page}`, {
      title: recordTitle(heading, person),
      heading,
      person,
      story,
      form,
      words: WORDS,
      ...more,
    });
  }
}

const languagesWith = (own: string) =>
  [...new Set([own, ...OFFERED_LANGUAGES])].map((value) => ({ value, text: languageInWords(value) }));

const usesOf = (uses: readonly StoryUse[]) =>
  STORY_USES.filter((use) => uses.includes(use)).map((value) => ({ value, text: STORY_USE_WORDS[value] }));
