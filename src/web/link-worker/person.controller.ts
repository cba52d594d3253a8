import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AppointmentsQueries } from '../../caseload/appointments.queries.js';
import { TimelineQueries } from '../../caseload/timeline.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Clock } from '../../platform/clock/clock.js';
import { Id } from '../../platform/http/id-param.js';
import { PageQuery } from '../../platform/http/pagination.js';
import { PersonHeads } from '../../referrals/person-head.queries.js';
import { isWithWorker } from '../../referrals/referral.types.js';
import { lateInWords } from '../layout/dates.js';
import { Desk } from '../layout/desk.js';
import { nextPage, readQuery } from '../layout/forms.js';
import { NEED_WORDS, stageTag } from '../layout/words.js';
import { REACH_WORDS } from '../practice/practice.words.js';
import { endingsOf } from './ending.controller.js';
import { APPOINTMENT_KIND_WORDS, CONTACT_KIND_WORDS, happened, NEXT_WORDS } from './link-worker.words.js';
import { recordPages, recordTitle } from './record.js';
import { say } from '../words/staff/staff-words.js';

const LATEST = 5;

/** A person's record: who they are, what comes next, and everything that happened. */
@ApiExcludeController()
@Controller('desk/people')
export class PersonController {
  constructor(
    private readonly desk: Desk,
    private readonly clock: Clock,
    private readonly heads: PersonHeads,
    private readonly timeline: TimelineQueries,
    private readonly appointments: AppointmentsQueries,
  ) {}

  @Get(':id')
  @Can('timeline.list')
  async record(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const person = await this.heads.of(actor, id);
    const latest = await this.timeline.list(actor, id, { limit: LATEST });
    const { open } = person;
    const inHand = open !== null && isWithWorker(open.state);
    await this.desk.show(reply, actor, 200, 'link-worker/pages/person.njk', {
      title: recordTitle(say('Record'), person),
      person,
      pages: recordPages(id, 'summary'),
      open,
      late: open && lateInWords(open.nextAt, this.clock.now()),
      inHand,
      coming: inHand ? await this.appointments.coming(actor, open.id) : null,
      endings: open ? endingsOf(open) : [],
      reopens: open === null && person.current?.state === 'closed' ? person.current.id : null,
      referrals: person.referrals.map((referral) => ({
        referral,
        stage: stageTag(referral.stage),
      })),
      entries: latest.items.map((item) => ({ item, happened: happened(item) })),
      more: latest.next !== null,
      words: {
        need: NEED_WORDS,
        next: NEXT_WORDS,
        reach: REACH_WORDS,
        kind: CONTACT_KIND_WORDS,
        appointment: APPOINTMENT_KIND_WORDS,
      },
    });
  }

  @Get(':id/timeline')
  @Can('timeline.list')
  async whole(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const query = await readQuery(PageQuery, asked);
    const person = await this.heads.of(actor, id);
    const page = await this.timeline.list(actor, id, query);
    await this.desk.show(reply, actor, 200, 'link-worker/pages/timeline.njk', {
      title: recordTitle(say('Timeline'), person),
      person,
      pages: recordPages(id, 'timeline'),
      entries: page.items.map((item) => ({ item, happened: happened(item) })),
      next: page.next && nextPage(`/desk/people/${id}/timeline`, asked, page.next),
      further: query.after !== undefined,
      words: { reach: REACH_WORDS, kind: CONTACT_KIND_WORDS },
    });
  }
}
