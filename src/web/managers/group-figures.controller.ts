import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Clock } from '../../platform/clock/clock.js';
import { GroupFiguresQuery, type GroupFiguresView } from '../../reporting/group-figures.dto.js';
import { GroupFiguresQueries } from '../../reporting/group-figures.queries.js';
import { FEWEST_ANSWERS } from '../../reporting/group-figures.types.js';
import { Desk } from '../layout/desk.js';
import { readQuery } from '../layout/forms.js';
import { type ListOf, ListPages } from '../layout/list-pages.js';
import { choicesOf } from '../layout/words.js';
import { say, sayAll } from '../words/staff/staff-words.js';
import { figuresInWords, togetherInWords, TROUBLE_WORDS } from './group-figures.words.js';
import { SECTOR_WORDS } from './managers.words.js';

const FIGURES: ListOf<GroupFiguresView> = sayAll({
  address: '/desk/groups/figures',
  name: 'how-groups-are-doing',
  columns: [
    { text: 'Group', sort: 'name' },
    { text: 'Until they answer', sort: 'days' },
    { text: 'Said yes', sort: 'yes' },
    { text: 'Said to be right', sort: 'right' },
    { text: 'Places', sort: 'places' },
    { text: 'Messages', sort: 'mail' },
  ],
  usual: 'name',
  // To count some of them costs what counting all does, and groups are thousands at most.
  stride: 100_000,
  file: (one) => ({
    [say('Group')]: one.name,
    [say('Kind')]: SECTOR_WORDS[one.sector],
    [say('Asked')]: one.asked,
    [say('Answered')]: one.answered,
    [say('Said yes')]: one.accepted,
    [say('On the waiting list')]: one.waitlisted,
    [say('Said no')]: one.declined,
    [say('Did not reply')]: one.noReply,
    [say('Has time to answer')]: one.notYet,
    [say('Withdrawn first')]: one.takenBack,
    [say('Days to an answer (median)')]: one.medianDays,
    [say('Services')]: one.services,
    [say('Not said to be right for 90 days')]: one.notConfirmed,
    [say('Never said to be right')]: one.neverConfirmed,
    [say('Longest ago')]: one.oldestConfirmedOn,
    [say('Services that count places')]: one.counted,
    [say('Places')]: one.places,
    [say('Places taken')]: one.taken,
    [say('Services that are full')]: one.full,
    [say('People who wait')]: one.waiting,
    [say('Messages')]: one.messages,
    [say('Messages that came back')]: one.cameBack,
    [say('The last one came back')]: one.lastCameBack ? say('Yes') : say('No'),
  }),
});

/** How groups are doing: each number with what is missing from it. */
@ApiExcludeController()
@Controller('desk/groups')
export class GroupFigurePagesController {
  constructor(
    private readonly desk: Desk,
    private readonly lists: ListPages,
    private readonly clock: Clock,
    private readonly figures: GroupFiguresQueries,
  ) {}

  @Get('figures')
  @Can('figures.groups')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const query = await readQuery(GroupFiguresQuery, asked);
    const saved = { asked, query, read: (of: GroupFiguresQuery) => this.figures.list(actor, of) };
    if (await this.lists.saved(reply, FIGURES, saved)) return;
    const read = (of: GroupFiguresQuery) => this.figures.shown(actor, of);
    const { together, total: count, ...page } = await this.lists.page({ asked, query, read });
    const now = this.clock.now();
    await this.desk.show(reply, actor, 200, 'managers/pages/group-figures.njk', {
      ...this.lists.around(FIGURES, { asked, query, count }, page, say('How groups are doing')),
      items: page.items.map((one) => ({ one, ...figuresInWords(one, now) })),
      together,
      lines: togetherInWords(together),
      fewest: FEWEST_ANSWERS,
      form: { values: asked, wrong: {} },
      sectors: [{ value: '', text: say('Any kind') }, ...choicesOf(SECTOR_WORDS)],
      troubles: [{ value: '', text: say('Anything') }, ...choicesOf(TROUBLE_WORDS)],
      words: { sector: SECTOR_WORDS },
    });
  }
}
