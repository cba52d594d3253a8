import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { TimelineQueries } from '../../caseload/timeline.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Id } from '../../platform/http/id-param.js';
import { PageQuery } from '../../platform/http/pagination.js';
import { SubjectAccessQueries } from '../../records/subject-access.queries.js';
import { PersonHeads } from '../../referrals/person-head.queries.js';
import { Desk } from '../layout/desk.js';
import { nextPage, readQuery } from '../layout/forms.js';
import { COPY_STATE_WORDS } from '../managers/records.words.js';
import { REACH_WORDS } from '../practice/practice.words.js';
import { CHANNEL_WORDS, happened } from './link-worker.words.js';
import { recordPages, recordTitle } from './record.js';
import { say } from '../words/staff/staff-words.js';

/** What of a timeline is letters and messages, to the person or about them. */
const WRITTEN = ['message', 'page_message', 'written_message', 'safety_message'] as const;

/** What was written to and by a person, what can be printed for them, and the copies they asked for. */
@ApiExcludeController()
@Controller('desk/people/:id/documents')
export class DocumentsController {
  constructor(
    private readonly desk: Desk,
    private readonly heads: PersonHeads,
    private readonly timeline: TimelineQueries,
    private readonly copies: SubjectAccessQueries,
  ) {}

  @Get()
  @Can('timeline.list')
  async all(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const query = await readQuery(PageQuery, asked);
    const person = await this.heads.of(actor, id);
    const written = await this.timeline.list(actor, id, query, WRITTEN);
    const copies = await this.copies.ofClient(actor, id);
    const base = `/desk/people/${id}`;
    await this.desk.show(reply, actor, 200, 'link-worker/pages/documents.njk', {
      title: recordTitle(say('Documents'), person),
      person,
      pages: recordPages(id, 'documents'),
      written: written.items.map((item) => ({
        item,
        happened: happened(item),
        how: CHANNEL_WORDS[item.details['channel'] as keyof typeof CHANNEL_WORDS],
        to: item.details['to'],
      })),
      next: written.next && nextPage(`${base}/documents`, asked, written.next),
      further: query.after !== undefined,
      sheets: [
        { text: say('Plan in large type'), href: `${base}/plan?print=1` },
        { text: say('What matters to them, as it is written'), href: `${base}/conversation?print=1` },
        { text: say('What matters to them, a blank sheet'), href: `${base}/conversation?print=blank` },
        ...(person.current
          ? [
              {
                text: say('Groups kept in mind'),
                href: `/desk/referrals/${person.current.id}/shortlist?print=1`,
              },
            ]
          : []),
        { text: say('Groups they were referred to'), href: `${base}/groups?print=1` },
        { text: say('Answers to questionnaires'), href: `${base}/questionnaires?print=1` },
        { text: say('All that happened'), href: `${base}/timeline?print=1` },
      ],
      copies,
      words: { reach: REACH_WORDS, copy: COPY_STATE_WORDS },
    });
  }
}
