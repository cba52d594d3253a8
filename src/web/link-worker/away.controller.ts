import { Controller, Get, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  ArrangeCoverInput,
  type CoverView,
  type LinkWorkerView,
} from '../../link-workers/link-worker.dto.js';
import { Covers } from '../../link-workers/covers.service.js';
import { CoversQueries } from '../../link-workers/covers.queries.js';
import { LinkWorkersQueries } from '../../link-workers/link-workers.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { addDays, londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import { Id } from '../../platform/http/id-param.js';
import { longDate } from '../layout/dates.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, readForm, sent, take } from '../layout/forms.js';
import { choicesOf } from '../layout/words.js';
import { AWAY_WORDS, COVER_STATE_WORDS } from './days.words.js';
import { say } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/away';

/** Who is away, and who does their work meanwhile: for oneself, or by a manager for anybody. */
@ApiExcludeController()
@Controller('desk/away')
export class AwayPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly clock: Clock,
    private readonly covers: Covers,
    private readonly queries: CoversQueries,
    private readonly workers: LinkWorkersQueries,
  ) {}

  @Get()
  @Can('cover.list')
  async list(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await this.show(reply, actor, newForm({ reason: 'leave' }));
  }

  @Post()
  @Can('cover.arrange')
  async arrange(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async (body) => {
        const own = actor.role === 'link_worker' ? { workerId: actor.membershipId } : {};
        await this.covers.arrange(actor, await readForm(ArrangeCoverInput, { ...own, ...sent(body) }));
        return ADDRESS;
      },
      (form) => this.show(reply, actor, form),
    );
  }

  /** In one click, until somebody says that they are back. */
  @Post('workers/:id/today')
  @Can('cover.arrange')
  async today(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.move(reply, actor, () => this.covers.absentToday(actor, id, {}));
  }

  @Post('workers/:id/back')
  @Can('cover.end')
  async back(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.move(reply, actor, () => this.covers.back(actor, id));
  }

  @Post(':id/end')
  @Can('cover.end')
  async end(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.move(reply, actor, () => this.covers.end(actor, id));
  }

  private async move(reply: FastifyReply, actor: MemberActor, work: () => Promise<string>): Promise<void> {
    await take(
      reply,
      async () => {
        await work();
        return ADDRESS;
      },
      (form) => this.show(reply, actor, form),
    );
  }

  private async show(reply: FastifyReply, actor: MemberActor, form: Form): Promise<void> {
    const covers = await this.queries.list(actor, { limit: 100 });
    const team = (await this.workers.list(actor, { limit: 100 })).items;
    const today = londonDate(this.clock.now());
    const mine = actor.role === 'link_worker' ? actor.membershipId : null;
    const people = team.map(({ membershipId: value, name: text }) => ({ value, text }));
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/away.njk', {
      title: say('Away and cover'),
      form,
      blank: newForm(),
      workers: team.filter(({ membershipId }) => mine === null || membershipId === mine),
      againFrom: Object.fromEntries(
        team.map((worker) => [worker.membershipId, nextAbsence(worker, covers.items)]),
      ),
      mine,
      covers: covers.items.map((cover) => ({
        cover,
        state: COVER_STATE_WORDS[cover.state],
        reason: AWAY_WORDS[cover.reason],
        mayEnd: mine === null || cover.workerId === mine,
        covers: actor.actsFor.includes(cover.workerId),
      })),
      more: covers.next !== null,
      people: [{ value: '', text: say('Choose one') }, ...people],
      coverBy: [
        { value: '', text: say('The usual cover, else the team') },
        ...people.filter(({ value }) => value !== mine),
      ],
      dates: [0, 1].map((days) => {
        const value = addDays(today, days);
        return { value, text: `${days === 0 ? say('Today') : say('Tomorrow')}, ${longDate(value)}` };
      }),
      reasons: choicesOf(AWAY_WORDS),
    });
  }
}

/** The first day of what keeps them away right after what keeps them away now; null where they come back between. */
function nextAbsence({ membershipId, absence }: LinkWorkerView, covers: readonly CoverView[]): string | null {
  if (!absence?.endsOn) return null;
  const next = addDays(absence.endsOn, 1);
  const found = covers.some(
    ({ workerId, reason, startsOn }) =>
      workerId === membershipId && reason !== 'part_time' && startsOn === next,
  );
  return found ? next : null;
}
