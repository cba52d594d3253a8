import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController, OmitType } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  AmendContactInput,
  AmendSectionInput,
  type ContactHistoryView,
  type ContactView,
  ReadRestrictedInput,
  SectionInput,
} from '../../caseload/contact.dto.js';
import type { ContactKind, ContactOutcome, SectionKind } from '../../caseload/contact.types.js';
import { ContactsQueries } from '../../caseload/contacts.queries.js';
import { ContactsService } from '../../caseload/contacts.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { atLondon, londonClock, londonDate } from '../../platform/clock/calendar.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { DateOnly, TimeOfDay } from '../../platform/http/fields.js';
import { Id } from '../../platform/http/id-param.js';
import { isUuid } from '../../platform/pure/ids.js';
import { PersonHeads } from '../../referrals/person-head.queries.js';
import { dayBoxes, momentInWords } from '../layout/dates.js';
import { Desk } from '../layout/desk.js';
import {
  type Form,
  newForm,
  ofVersion,
  overtaken,
  readChange,
  readForm,
  seenIn,
  take,
  versionIn,
} from '../layout/forms.js';
import { choicesOf } from '../layout/words.js';
import { REACH_WORDS } from '../practice/practice.words.js';
import { CONTACT_FIELD_WORDS, SECTION_HEADINGS, SECTION_WORDS } from './contacts.words.js';
import { CONTACT_KIND_WORDS, CONTACT_OUTCOME_WORDS } from './link-worker.words.js';
import { recordPages, recordTitle } from './record.js';
import { say } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/contacts';

/** A contact put right: its moment in a day and a time, as people know them. */
class AmendContactForm extends OmitType(AmendContactInput, ['at'] as const) {
  @DateOnly()
  at: string;

  @TimeOfDay()
  time: string;
}

/** One contact that was logged: what it says, what it said before, and what of it not everybody reads. */
@ApiExcludeController()
@Controller('desk/contacts')
export class ContactPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly heads: PersonHeads,
    private readonly queries: ContactsQueries,
    private readonly service: ContactsService,
  ) {}

  @Get(':id')
  @Can('contact.list')
  async one(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { reading = '' } = asked;
    await this.show(reply, actor, id, newForm(), isUuid(reading) ? reading : null);
  }

  /** Words that not everybody reads, to a manager who says why. */
  @Post(':id/read')
  @Can('contact.readRestricted')
  async read(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const why = await readForm(ReadRestrictedInput, body);
        return `${ADDRESS}/${id}?reading=${await this.service.readRestricted(actor, id, why)}`;
      },
      (form) => this.show(reply, actor, id, form, null),
    );
  }

  @Get(':id/amend')
  @Can('contact.amend')
  async ask(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.amending(reply, actor, id, null);
  }

  @Post(':id/amend')
  @Can('contact.amend')
  async amend(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const { at: on, time, ...input } = await readChange(AmendContactForm, body);
        const { at } = await this.queries.get(actor, id);
        // What is on the page has no seconds: left alone, the moment stays as exact as it was.
        const sameMinute = on === londonDate(at) && time === clockOf(at);
        const moved = sameMinute ? {} : { at: atLondon(on, time).toISOString() };
        await this.service.amend(actor, id, versionIn(body), { ...input, ...moved });
        return `${ADDRESS}/${id}`;
      },
      (form) => this.amending(reply, actor, id, form),
    );
  }

  @Post(':id/sections')
  @Can('contact.amend')
  async addSection(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.service.addSection(actor, id, await readForm(SectionInput, body));
        return `${ADDRESS}/${id}`;
      },
      (form) => this.show(reply, actor, id, form, null),
    );
  }

  @Get(':id/sections/:sectionId')
  @Can('contact.amend')
  async askSection(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('sectionId') sectionId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.section(reply, actor, id, sectionId, null);
  }

  @Post(':id/sections/:sectionId')
  @Can('contact.amend')
  async amendSection(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('sectionId') sectionId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const input = await readChange(AmendSectionInput, body);
        await this.service.amendSection(actor, id, sectionId, input, seenIn(body));
        return `${ADDRESS}/${id}`;
      },
      (form) => this.section(reply, actor, id, sectionId, form),
    );
  }

  private async show(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    form: Form,
    readingId: string | null,
  ): Promise<void> {
    const contact = await this.queries.get(actor, id);
    const person = await this.heads.ofReferral(actor, contact.referralId);
    const history = await this.queries.history(actor, id);
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/contact-one.njk', {
      title: recordTitle(say('Contact'), person),
      form,
      other: newForm(),
      person,
      pages: recordPages(person.id, 'timeline'),
      contact,
      hidden: contact.sections.some(({ words }) => words === null),
      opened: readingId === null ? null : await this.queries.restricted(actor, readingId),
      before: history.filter(({ action }) => action === 'amend').map(saidBefore),
      kinds: choicesOf(SECTION_WORDS),
      words: {
        reach: REACH_WORDS,
        kind: CONTACT_KIND_WORDS,
        outcome: CONTACT_OUTCOME_WORDS,
        section: SECTION_HEADINGS,
      },
    });
  }

  private async amending(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    tried: Form | null,
  ): Promise<void> {
    const contact = await this.queries.get(actor, id);
    const person = await this.heads.ofReferral(actor, contact.referralId);
    const now = answersOf(contact);
    const form = overtaken(
      tried ? { ...tried, values: { ...now, ...tried.values } } : newForm(now, contact.version),
      contact,
    );
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/contact-amend.njk', {
      title: recordTitle(say('Put a contact right'), person),
      form,
      person,
      pages: recordPages(person.id, 'timeline'),
      contact,
      said: (['kind', 'outcome', 'at', 'minutes', 'note'] as const).map((field) => ({
        label: CONTACT_FIELD_WORDS[field],
        value: inWords(field, contact[field]),
      })),
      kinds: choicesOf(CONTACT_KIND_WORDS),
      outcomes: choicesOf(CONTACT_OUTCOME_WORDS),
      words: { reach: REACH_WORDS },
    });
  }

  private async section(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    sectionId: string,
    tried: Form | null,
  ): Promise<void> {
    const contact = await this.queries.get(actor, id);
    const section = contact.sections.find((one) => one.id === sectionId);
    // Others took their place: what was typed stays, beside what is there now.
    if (!section && tried?.status === 412)
      return this.show(reply, actor, id, overtaken(tried, contact), null);
    // Words that somebody else wrote for themselves are not here to be changed.
    if (!section || section.words === null) throw Refusal.notFound();
    const person = await this.heads.ofReferral(actor, contact.referralId);
    const form = ofVersion(tried ?? newForm({ words: section.words }), contact);
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/contact-section.njk', {
      title: recordTitle(say('Words beside a contact'), person),
      form,
      person,
      pages: recordPages(person.id, 'timeline'),
      contact,
      section,
      words: { reach: REACH_WORDS, section: SECTION_HEADINGS },
    });
  }
}

/** "10:42", as a box for a time of day has it. */
const clockOf = (at: Date): string => londonClock(at).slice(11, 16);

const answersOf = ({ kind, outcome, at, minutes, note }: ContactView): Record<string, string> => ({
  kind,
  outcome,
  ...dayBoxes('at', londonDate(at)),
  time: clockOf(at),
  minutes: minutes === null ? '' : String(minutes),
  note: note ?? '',
});

/** A change as its trail keeps it, in words. */
const saidBefore = ({ at, by, reason, changes }: ContactHistoryView) => ({
  at,
  by,
  reason,
  changes: Object.entries(changes).map(([field, { from, to }]) => ({
    label: CONTACT_FIELD_WORDS[field as keyof typeof CONTACT_FIELD_WORDS],
    from: inWords(field, from),
    to: inWords(field, to),
  })),
});

function inWords(field: string, value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  switch (field) {
    case 'kind':
      return CONTACT_KIND_WORDS[value as ContactKind];
    case 'outcome':
      return CONTACT_OUTCOME_WORDS[value as ContactOutcome];
    case 'at':
      return momentInWords(new Date(value as string | Date));
    case 'sections': {
      const kinds = (value as SectionKind[]).map((kind) => SECTION_HEADINGS[kind]);
      return kinds.length === 0 ? 'nothing' : kinds.join(', ');
    }
    default:
      return (value as string | number).toString();
  }
}
