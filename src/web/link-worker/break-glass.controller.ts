import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ContactsQueries } from '../../caseload/contacts.queries.js';
import { BreakGlassInput, GlassQuery, ReviewGlassInput } from '../../clients/break-glass.dto.js';
import { BreakGlassQueries } from '../../clients/break-glass.queries.js';
import { BreakGlassService } from '../../clients/break-glass.service.js';
import type { GlassFoundBy, GlassOutcome } from '../../clients/client.types.js';
import { ClientsQueries } from '../../clients/clients.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Clock } from '../../platform/clock/clock.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { Id } from '../../platform/http/id-param.js';
import { PersonHeads } from '../../referrals/person-head.queries.js';
import { isWithWorker } from '../../referrals/referral.types.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, nextPage, readForm, readQuery, take } from '../layout/forms.js';
import { choicesOf, STAGE_WORDS } from '../layout/words.js';
import { REACH_WORDS } from '../practice/practice.words.js';
import { partsOf } from './details.facts.js';
import { CONTACT_KIND_WORDS, CONTACT_OUTCOME_WORDS, NEXT_WORDS } from './link-worker.words.js';
import { say, sayAll } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/break-glass';
const LATEST = 10;

const OUTCOME_WORDS: Record<GlassOutcome, string> = sayAll({
  justified: 'It was right to open it',
  not_justified: 'It should not have been opened',
});

const FOUND_BY_WORDS: Record<GlassFoundBy, string> = sayAll({
  nhs_number: 'By NHS number',
  name_and_birth: 'By name and date of birth',
});

/** The record of somebody who is not in reach, opened for a short while because it cannot wait; and who looks at that after. */
@ApiExcludeController()
@Controller('desk/break-glass')
export class BreakGlassPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly clock: Clock,
    private readonly glass: BreakGlassService,
    private readonly queries: BreakGlassQueries,
    private readonly heads: PersonHeads,
    private readonly clients: ClientsQueries,
    private readonly contacts: ContactsQueries,
  ) {}

  @Get()
  @Can('client.breakGlass')
  async ask(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await this.asking(reply, actor, newForm());
  }

  @Post()
  @Can('client.breakGlass')
  async open(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async (body) => {
        const input = await readForm(BreakGlassInput, body);
        const id = await this.glass.open(actor, input).catch(nobodyBy(input));
        return `${ADDRESS}/${id}`;
      },
      (form) => this.asking(reply, actor, form),
    );
  }

  @Get('review')
  @Can('breakGlass.review')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.reviewing(reply, actor, asked, newForm(), null);
  }

  @Post('review/:id')
  @Can('breakGlass.review')
  async review(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.glass.review(actor, id, await readForm(ReviewGlassInput, body));
        return `${ADDRESS}/review`;
      },
      (form) => this.reviewing(reply, actor, {}, form, id),
    );
  }

  /** What is needed in the moment, for whoever opened it, until the time is over. */
  @Get(':id')
  @Can('client.breakGlass')
  async opened(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { clientId, until } = await this.queries.opened(actor, id);
    if (until <= this.clock.now()) {
      const over = { title: say('The time is over'), until };
      return this.desk.show(reply, actor, 200, 'link-worker/pages/glass-over.njk', over);
    }
    const person = await this.heads.of(actor, clientId);
    const view = await this.clients.get(actor, clientId);
    const { current } = person;
    const contacts = current ? (await this.contacts.list(actor, current.id, { limit: LATEST })).items : [];
    await this.desk.show(reply, actor, 200, 'link-worker/pages/glass-opened.njk', {
      title: say('Opened record: {{firstName}}{{lastName}}', {
        firstName: person.firstName.charAt(0),
        lastName: person.lastName.charAt(0),
      }),
      person,
      until,
      inHand: current !== null && isWithWorker(current.state),
      parts: partsOf(view).map(({ heading, facts }) => ({
        heading,
        rows: facts.map(({ label, value }) => ({ key: { text: label }, value: { text: value } })),
      })),
      contacts,
      words: {
        reach: REACH_WORDS,
        stage: STAGE_WORDS,
        next: NEXT_WORDS,
        kind: CONTACT_KIND_WORDS,
        outcome: CONTACT_OUTCOME_WORDS,
      },
    });
  }

  private async asking(reply: FastifyReply, actor: MemberActor, form: Form): Promise<void> {
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/glass.njk', {
      title: say('Open a record in an emergency'),
      form,
    });
  }

  private async reviewing(
    reply: FastifyReply,
    actor: MemberActor,
    asked: Record<string, string>,
    form: Form,
    tried: string | null,
  ): Promise<void> {
    const query = await readQuery(GlassQuery, asked);
    const page = await this.queries.list(actor, query);
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/glass-review.njk', {
      title: query.reviewed
        ? say('Records opened in an emergency: looked at')
        : say('Records opened in an emergency'),
      form,
      blank: newForm(),
      tried,
      items: page.items,
      next: page.next && nextPage(`${ADDRESS}/review`, asked, page.next),
      reviewed: query.reviewed ?? false,
      further: query.after !== undefined,
      outcomes: choicesOf(OUTCOME_WORDS),
      words: { outcome: OUTCOME_WORDS, found: FOUND_BY_WORDS },
    });
  }
}

/** Nobody who fits is an answer to the form, and no page that is missing. The try is on record either way. */
const nobodyBy =
  ({ nhsNumber }: BreakGlassInput) =>
  (error: unknown): never => {
    if (!(error instanceof Refusal) || error.status !== 404) throw error;
    const field = nhsNumber === undefined ? 'lastName' : 'nhsNumber';
    throw Refusal.invalidField(field, 'Nobody here is exactly like that. Check it letter by letter');
  };
