import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { UsersQueries } from '../../identity/users.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { AuditQuery } from '../../records/audit-search.dto.js';
import { AuditSearchQueries } from '../../records/audit-search.queries.js';
import { Desk } from '../layout/desk.js';
import { nextPage, readQuery, wrongForm } from '../layout/forms.js';
import { ROLE_WORDS } from '../layout/words.js';
import { say } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/audit';
const MOST_USERS = 100;

/** Who looked at whose record, and who did what. */
@ApiExcludeController()
@Controller('desk')
export class AuditPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly audits: AuditSearchQueries,
    private readonly users: UsersQueries,
  ) {}

  @Get('audit')
  @Can('audit.search')
  async search(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const exchange = { request, reply };
    let query: AuditQuery;
    try {
      query = await readQuery(AuditQuery, asked);
      this.audits.daysOf(query);
    } catch (error) {
      const form = wrongForm(error, asked);
      await this.desk.show(exchange, actor, form.status, 'managers/pages/audit.njk', {
        title: say('Who looked at what'),
        form,
        users: await this.choices(actor),
        found: null,
      });
      return;
    }
    const days = this.audits.daysOf(query);
    const { clientId } = query;
    const found = await this.audits.search(actor, query);
    const names =
      clientId === undefined && query.userId === undefined ? null : await this.audits.asked(actor, query);
    await this.desk.show(exchange, actor, 200, 'managers/pages/audit.njk', {
      title: names?.person
        ? say('Who looked at the record of {{person}}', { person: names.person })
        : say('Who looked at what'),
      form: { values: { ...asked, ...days }, wrong: {} },
      days,
      names,
      clientId,
      lookers: clientId === undefined ? null : await this.audits.who(actor, clientId, days),
      users: clientId === undefined ? await this.choices(actor) : null,
      found: found.items,
      next: found.next && nextPage(ADDRESS, asked, found.next),
      further: query.after !== undefined,
      words: { role: ROLE_WORDS },
    });
  }

  /** Others are reached from the page of their own. */
  private async choices(actor: MemberActor): Promise<{ value: string; text: string }[]> {
    const { items } = await this.users.list(actor, { limit: MOST_USERS });
    return [{ value: '', text: say('Anybody') }, ...items.map(({ id, name }) => ({ value: id, text: name }))];
  }
}
