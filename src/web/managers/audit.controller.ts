import { Controller, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { UsersQueries } from '../../identity/users.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { type AuditEntryView, AuditQuery } from '../../records/audit-search.dto.js';
import { AuditSearchQueries } from '../../records/audit-search.queries.js';
import { momentInWords } from '../layout/dates.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, readQuery, sent, take, wrongForm } from '../layout/forms.js';
import { type ListOf, ListPages } from '../layout/list-pages.js';
import { choicesOf, ROLE_WORDS } from '../layout/words.js';
import { type PeopleFound, PeopleSought } from '../search/people-sought.js';
import { soughtIn } from '../search/sought.rules.js';
import { say, sayAgain, sayAll, sayCount } from '../words/staff/staff-words.js';
import { AREA_WORDS, DID_WORDS } from './records.words.js';

const ADDRESS = '/desk/audit';
const MOST_USERS = 100;
const KINDS = () => ({
  areas: [{ value: '', text: say('Anything') }, ...choicesOf(AREA_WORDS)],
  did: [{ value: '', text: say('Looked or did something') }, ...choicesOf(DID_WORDS)],
});

const ENTRIES: ListOf<AuditEntryView> = sayAll({
  address: ADDRESS,
  name: 'who-looked-at-what',
  columns: [{ text: 'When', sort: 'at' }, { text: 'Who' }, { text: 'What' }, { text: 'Whose record' }],
  usual: '-at',
  file: ({ at, who, role, did, people, peopleCount }) => ({
    [say('When')]: momentInWords(at),
    [say('Who')]: who,
    [say('Role')]: role && ROLE_WORDS[role],
    [say('What')]: sayAgain(did),
    [say('Whose record')]: people.map(({ name }) => name).join('; '),
    [say('Records in all')]: peopleCount,
  }),
});

/** Who looked at whose record, and who did what. */
@ApiExcludeController()
@Controller('desk/audit')
export class AuditPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly lists: ListPages,
    private readonly audits: AuditSearchQueries,
    private readonly users: UsersQueries,
    private readonly sought: PeopleSought,
  ) {}

  @Get()
  @Can('audit.search')
  async search(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    let query: AuditQuery;
    try {
      query = await readQuery(AuditQuery, asked);
      this.audits.daysOf(query);
    } catch (error) {
      const form = wrongForm(error, asked);
      await this.desk.show(reply, actor, form.status, 'managers/pages/audit.njk', {
        title: say('Who looked at what'),
        form,
        ...(await this.choices(actor)),
        items: null,
      });
      return;
    }
    const days = this.audits.daysOf(query);
    const { clientId } = query;
    // Asked when the page needs it: a file does not, and nobody would hear that it failed.
    let asking: ReturnType<typeof this.audits.asked> | undefined;
    const about = () => (asking ??= this.audits.asked(actor, query));
    const list = {
      asked,
      query,
      read: (some: AuditQuery) => this.audits.search(actor, some),
      count: async () => (await about()).total,
    };
    await this.lists.show(reply, actor, 'managers/pages/audit.njk', ENTRIES, list, async (items) => {
      const names = await about();
      return {
        title: names.person
          ? say('Who looked at the record of {{person}}', { person: names.person })
          : say('Who looked at what'),
        form: { values: { ...asked, ...days }, wrong: {} },
        days,
        names,
        clientId,
        lookers: clientId === undefined ? null : await this.audits.who(actor, clientId, days),
        ...(clientId === undefined ? await this.choices(actor) : KINDS()),
        items,
        words: { role: ROLE_WORDS },
      };
    });
  }

  /** Whoever is looked for stands in no address, and there is nothing to look at yet. */
  @Post('person')
  @Can('audit.search')
  @HttpCode(200)
  async person(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async (body) => {
        const typed = String(sent(body)['person'] ?? '').slice(0, 100);
        const sought = soughtIn(typed);
        if (sought.by === 'nothing') throw Refusal.invalidField('person', sought.problem);
        if (sought.by === 'reference') throw Refusal.invalidField('person', 'Enter an NHS number or a name');
        const found = await this.sought.find(actor, sought);
        const [one, ...others] = found.people;
        if (one && others.length === 0 && !found.near) return `${ADDRESS}?clientId=${one.id}`;
        await this.personPage(reply, actor, newForm({ person: typed }), found);
        return null;
      },
      (form) => this.personPage(reply, actor, form, null),
    );
  }

  private async personPage(
    reply: FastifyReply,
    actor: MemberActor,
    form: Form,
    found: PeopleFound | null,
  ): Promise<void> {
    const count = found?.people.length ?? 0;
    await this.desk.show(reply, actor, form.status, 'managers/pages/audit-person.njk', {
      title:
        found === null
          ? say('Whose record?')
          : count === 0
            ? say('Whose record? Nobody found')
            : sayCount(count, 'Whose record? 1 found', 'Whose record? {{count}} found'),
      form,
      found,
    });
  }

  /** Others are reached from the page of their own. */
  private async choices(actor: MemberActor): Promise<object> {
    const { items } = await this.users.list(actor, { limit: MOST_USERS });
    const users = items.map(({ id, name }) => ({ value: id, text: name }));
    return { ...KINDS(), users: [{ value: '', text: say('Anybody') }, ...users], person: newForm() };
  }
}
