import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ContactsService } from '../../caseload/contacts.service.js';
import { ReadRestrictedInput } from '../../caseload/contact.dto.js';
import { ClientsQueries } from '../../clients/clients.queries.js';
import { ReadSafeguardingInput } from '../../clients/safeguarding.dto.js';
import { Safeguarding } from '../../clients/safeguarding.service.js';
import { SchemesQueries } from '../../identity/schemes.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import { reachOf } from '../../permissions/permission.table.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { Id } from '../../platform/http/id-param.js';
import { validated } from '../../platform/http/validation.js';
import {
  AskForCopyInput,
  CopiesQuery,
  RefuseCopyInput,
  ReleaseCopyInput,
  ReviewCopyInput,
} from '../../records/record.dto.js';
import type { RecordDocument } from '../../records/record-document.types.js';
import { SubjectAccessQueries } from '../../records/subject-access.queries.js';
import { SubjectAccess } from '../../records/subject-access.service.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, nextPage, readForm, readQuery, sent, take } from '../layout/forms.js';
import { Pages } from '../layout/pages.js';
import { choicesOf } from '../layout/words.js';
import { copyFile, copyPage } from '../records/copy.page.js';
import { readable } from '../records/copy.words.js';
import type { AskedReason } from './reason.js';
import { ASKED_BY_WORDS, COPY_STATE_WORDS, RELEASED_WORDS, REMOVAL_WORDS } from './records.words.js';
import { say } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/copies';

/** Somebody asks for a copy of all that is held about them: collected, read by a manager, given or refused. */
@ApiExcludeController()
@Controller('desk')
export class CopyPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly pages: Pages,
    private readonly copies: SubjectAccess,
    private readonly queries: SubjectAccessQueries,
    private readonly clients: ClientsQueries,
    private readonly contacts: ContactsService,
    private readonly safeguarding: Safeguarding,
    private readonly schemes: SchemesQueries,
  ) {}

  @Get('copies')
  @Can('subjectAccess.list')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const query = await readQuery(CopiesQuery, asked);
    const page = await this.queries.list(actor, query);
    await this.desk.show(reply, actor, 200, 'managers/pages/copies.njk', {
      title: say('Copies that people asked for'),
      filter: { values: asked, wrong: {} },
      items: page.items,
      next: page.next && nextPage(ADDRESS, asked, page.next),
      settled: query.settled ?? false,
      words: { state: COPY_STATE_WORDS },
    });
  }

  @Get('people/:id/copy')
  @Can('subjectAccess.ask')
  async askForOne(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.asking(reply, actor, id, newForm());
  }

  @Post('people/:id/copy')
  @Can('subjectAccess.ask')
  async ask(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async (body) => {
        const asked = await this.copies.ask(actor, id, await readForm(AskForCopyInput, body));
        const reads = reachOf('subjectAccess.list', actor.role) !== 'none';
        return reads ? `/desk/jobs/${asked}` : `/desk/people/${id}`;
      },
      (form) => this.asking(reply, actor, id, form),
    );
  }

  @Get('copies/:id')
  @Can('subjectAccess.review')
  async look(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.page(reply, actor, id, newForm());
  }

  @Post('copies/:id/review')
  @Can('subjectAccess.review')
  async review(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.copies.review(actor, id, await validated(ReviewCopyInput, decisionsIn(body)));
        return `${ADDRESS}/${id}`;
      },
      (form) => this.page(reply, actor, id, form),
    );
  }

  /** Restricted words and concerns are opened with a reason, here as anywhere. */
  @Post('copies/:id/open')
  @Can('subjectAccess.review')
  async open(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const { openBy, ...rest } = sent(body);
        const { closed } = await this.queries.reviewing(actor, id);
        const part = closed.find((one) => one.openBy !== null && one.openBy === openBy);
        if (!part?.openBy) throw Refusal.invalidField('openBy', 'Select which you need to read');
        const [what, which = ''] = part.openBy.split('/');
        if (what === 'contacts')
          await this.contacts.readRestricted(actor, which, await readForm(ReadRestrictedInput, rest));
        else await this.safeguarding.read(actor, which, (await readForm(ReadSafeguardingInput, rest)).reason);
        return `${ADDRESS}/${id}`;
      },
      (form) => this.page(reply, actor, id, form),
    );
  }

  @Get('copies/:id/document')
  @Can('subjectAccess.review')
  async document(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    let document: RecordDocument;
    try {
      document = await this.queries.document(actor, id, false);
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 409) throw error;
      await this.page(reply, actor, id, { ...newForm(), notice: error.message, status: 409 });
      return;
    }
    const { name } = await this.schemes.get(actor);
    await this.pages.download(reply, copyFile(id), 'records/copy.njk', copyPage(document, name));
  }

  @Post('copies/:id/release')
  @Can('subjectAccess.release')
  async release(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) =>
        `${ADDRESS}/${await this.copies.release(actor, id, await readForm(ReleaseCopyInput, body))}`,
      (form) => this.page(reply, actor, id, form),
    );
  }

  @Get('copies/:id/refuse')
  @Can('subjectAccess.release')
  async askBeforeRefusing(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.refusing(reply, actor, id, newForm());
  }

  @Post('copies/:id/refuse')
  @Can('subjectAccess.release')
  async refuse(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) =>
        `${ADDRESS}/${await this.copies.refuse(actor, id, (await readForm(RefuseCopyInput, body)).because)}`,
      (form) => this.refusing(reply, actor, id, form),
    );
  }

  private async asking(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const person = await this.clients.get(actor, id);
    await this.desk.show(reply, actor, form.status, 'managers/pages/copy-ask.njk', {
      title: say('A copy for {{firstName}} {{lastName}}', {
        firstName: person.firstName,
        lastName: person.lastName,
      }),
      id,
      form,
      askedBy: choicesOf(ASKED_BY_WORDS),
    });
  }

  private async refusing(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const { name } = await this.queries.get(actor, id);
    await this.desk.show(reply, actor, form.status, 'managers/pages/reason.njk', {
      title: say('Refuse this request'),
      back: { text: say('The copy for {{name}}', { name }), href: `${ADDRESS}/${id}` },
      says: say('The person is given the reason, and may complain about it to the Information Commissioner.'),
      action: `${ADDRESS}/${id}/refuse`,
      label: say('Why, in words for the person'),
      name: 'because',
      buttonText: say('Refuse it'),
      warns: true,
      form,
    } satisfies AskedReason);
  }

  private async page(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const { copy, document, closed } = await this.queries.reviewing(actor, id);
    const chosen = new Map<string, string>(
      copy.decisions.map(({ item, field, decision, reason }) => [`${item} ${field}`, reason ?? decision]),
    );
    for (const { item, field, choice } of choicesIn(form.values)) chosen.set(`${item} ${field}`, choice);
    const openBy = new Map(closed.map((part) => [part.item, part.openBy]));
    await this.desk.show(reply, actor, form.status, 'managers/pages/copy.njk', {
      title: say('The copy for {{name}}', { name: copy.name }),
      copy,
      form,
      // What is wrong with one of many decisions is said above them all.
      wrong: form.errors.filter(({ href }) => href.startsWith('#decisions.')).map(({ text }) => text),
      sections: document?.sections.map(({ section, items }) => ({
        section,
        items: items.map(({ id: item, what, fields }) => ({
          item,
          what,
          openBy: openBy.get(item) ?? null,
          fields: fields.map(({ name, label, value, others }) => ({
            name,
            label,
            value: readable(value),
            others,
            chosen: chosen.get(`${item} ${name}`) ?? '',
          })),
        })),
      })),
      closed: restricted(document, openBy),
      choices: [
        { value: '', text: say('Not decided') },
        { value: 'show', text: say('Show it') },
        ...choicesOf(REMOVAL_WORDS),
      ],
      how: choicesOf(RELEASED_WORDS),
      words: { state: COPY_STATE_WORDS, askedBy: ASKED_BY_WORDS, how: RELEASED_WORDS },
    });
  }
}

/** Each that may be opened, once: a concern has several parts. */
function restricted(
  document: RecordDocument | null,
  openBy: ReadonlyMap<string, string | null>,
): { value: string; text: string }[] {
  const all = document?.sections.flatMap(({ section, items }) =>
    items.map(({ id, what }) => ({ value: openBy.get(id) ?? '', text: `${what} (${section})` })),
  );
  return [...new Map(all?.filter(({ value }) => value !== '').map((one) => [one.value, one])).values()];
}

/** One choice a field: to show it, or the reason for which it is removed. */
function choicesIn(values: Form['values']): { item: string; field: string; choice: string }[] {
  const list = (name: string): string[] => [values[name] ?? []].flat();
  const [fields, choices] = [list('field'), list('choice')];
  return list('item').map((item, index) => ({
    item,
    field: fields[index] ?? '',
    choice: choices[index] ?? '',
  }));
}

function decisionsIn(body: unknown): object {
  const values = sent(body);
  return {
    decisions: choicesIn(values)
      .filter(({ choice }) => choice !== '')
      .map(({ item, field, choice }) =>
        choice === 'show'
          ? { item, field, decision: 'show' }
          : { item, field, decision: 'remove', reason: choice },
      ),
    showTheRest: values['showTheRest'] === 'yes',
  };
}
