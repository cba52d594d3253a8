import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { ValidateIf } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { AgreementInput, RenewAgreementInput, WithdrawAgreementInput } from '../../clients/agreement.dto.js';
import { AgreementsQueries } from '../../clients/agreements.queries.js';
import { AgreementsService, type NewAgreement } from '../../clients/agreements.service.js';
import type { OrganisationView } from '../../identity/organisation.dto.js';
import { OrganisationsQueries } from '../../identity/organisations.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import { type FieldProblem, Refusal } from '../../platform/errors/refusal.js';
import { Text, Uuid } from '../../platform/http/fields.js';
import { Id } from '../../platform/http/id-param.js';
import { validated } from '../../platform/http/validation.js';
import { isUuid } from '../../platform/pure/ids.js';
import { PersonHeads } from '../../referrals/person-head.queries.js';
import { AGREED_CHOICES, besideAgreed, withAgreement } from '../layout/agreement.js';
import { dayBoxes } from '../layout/dates.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, readForm, readQuery, sent, take } from '../layout/forms.js';
import { shapeOf } from '../layout/shape-of.js';
import { choicesOf } from '../layout/words.js';
import { BASIS_WORDS, HOW_WORDS, REACH_WORDS } from '../practice/practice.words.js';
import { namesOf } from '../managers/organisation-choices.js';
import { recordPages, recordTitle } from './record.js';
import { SCOPE_WORDS } from './sharing.words.js';
import { say } from '../words/staff/staff-words.js';

/** Those listed to choose from; of more, whose name begins with something. */
const MOST_ORGANISATIONS = 100;
/** The scheme itself, beside organisations. */
const US = 'us';

class NewSharingInput extends AgreementInput {
  /** An organisation, or us. */
  @ValidateIf(({ organisationId }: NewSharingInput) => organisationId !== US)
  @Uuid()
  organisationId: string;
}

class NewSharingQuery {
  @Text({ optional: true, max: 100 })
  name?: string;

  @Uuid({ optional: true })
  again?: string;
}

/** Who may know what of a person, since when and on what grounds; asked again, or taken back in whole or in part. */
@ApiExcludeController()
@Controller('desk/people/:id/sharing')
export class SharingPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly clock: Clock,
    private readonly heads: PersonHeads,
    private readonly agreements: AgreementsQueries,
    private readonly service: AgreementsService,
    private readonly organisations: OrganisationsQueries,
  ) {}

  @Get()
  @Can('agreement.list')
  async all(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    const person = await this.heads.of(actor, id);
    const all = await this.agreements.list(actor, id);
    const today = londonDate(this.clock.now());
    await this.desk.show(reply, actor, 200, 'link-worker/pages/sharing.njk', {
      title: recordTitle(say('Sharing'), person),
      person,
      pages: recordPages(id, 'sharing'),
      live: all
        .filter(({ withdrawnAt }) => withdrawnAt === null)
        .map((agreement) => ({
          agreement,
          askAgain: agreement.renewOn !== null && agreement.renewOn <= today,
        })),
      over: all.filter(({ withdrawnAt }) => withdrawnAt !== null),
      words: { reach: REACH_WORDS, scope: SCOPE_WORDS, basis: BASIS_WORDS, how: HOW_WORDS },
    });
  }

  /** With what was taken back once, where they agree to it again. */
  @Get('new')
  @Can('agreement.record')
  async askNew(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { name, again } = await readQuery(NewSharingQuery, asked);
    const before = again === undefined ? null : await this.agreements.get(actor, id, again);
    const form = newForm({
      ...dayBoxes('agreement.agreedOn', londonDate(this.clock.now())),
      ...(before && { organisationId: before.organisationId ?? US, scope: before.scope }),
    });
    await this.newPage(reply, actor, id, form, name);
  }

  @Post('new')
  @Can('agreement.record')
  async add(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async (body) => {
        try {
          await this.service.record(actor, id, await agreementIn(body));
        } catch (error) {
          throw inItsBoxes(error);
        }
        return `/desk/people/${id}/sharing`;
      },
      (form) => this.newPage(reply, actor, id, form),
    );
  }

  @Get(':agreementId/withdraw')
  @Can('agreement.withdraw')
  async askWithdraw(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('agreementId') agreementId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.form(reply, actor, id, agreementId, newForm(), 'withdraw');
  }

  @Post(':agreementId/withdraw')
  @Can('agreement.withdraw')
  async withdraw(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('agreementId') agreementId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.service.withdraw(actor, id, agreementId, await readForm(WithdrawAgreementInput, body));
        return `/desk/people/${id}/sharing`;
      },
      (form) => this.form(reply, actor, id, agreementId, form, 'withdraw'),
    );
  }

  @Get(':agreementId/renew')
  @Can('agreement.record')
  async askRenew(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('agreementId') agreementId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const today = newForm(dayBoxes('agreedOn', londonDate(this.clock.now())));
    await this.form(reply, actor, id, agreementId, today, 'renew');
  }

  @Post(':agreementId/renew')
  @Can('agreement.record')
  async renew(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('agreementId') agreementId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.service.renew(actor, id, agreementId, await readForm(RenewAgreementInput, body));
        return `/desk/people/${id}/sharing`;
      },
      (form) => this.form(reply, actor, id, agreementId, form, 'renew'),
    );
  }

  private async newPage(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    form: Form,
    name?: string,
  ): Promise<void> {
    const person = await this.heads.of(actor, id);
    const { items, next } = await this.organisations.list(actor, {
      active: true,
      limit: MOST_ORGANISATIONS,
      ...(name !== undefined && { name }),
    });
    const chosen = String(form.values['organisationId'] ?? '');
    const known = items.some((one) => one.id === chosen)
      ? items
      : [...(await this.named(actor, chosen)), ...items];
    const [none, ...names] = namesOf(known);
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/sharing-new.njk', {
      title: recordTitle(say('They agree to something new'), person),
      heading: say('They agree to something new'),
      form: besideAgreed(form),
      person,
      pages: recordPages(id, 'sharing'),
      recipients: [none, { value: US, text: say('Us') }, ...names],
      more: next !== null || name !== undefined,
      filter: { values: { name: name ?? '' }, wrong: {} },
      scopes: choicesOf(SCOPE_WORDS),
      agreed: AGREED_CHOICES,
      words: { reach: REACH_WORDS },
    });
  }

  /** One that is chosen and not among those listed; nothing of what is none. */
  private async named(actor: MemberActor, id: string): Promise<OrganisationView[]> {
    if (!isUuid(id)) return [];
    try {
      return [await this.organisations.get(actor, id)];
    } catch (error) {
      if (error instanceof Refusal && error.status === 404) return [];
      throw error;
    }
  }

  private async form(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    agreementId: string,
    form: Form,
    verb: 'withdraw' | 'renew',
  ): Promise<void> {
    const person = await this.heads.of(actor, id);
    const agreement = await this.agreements.get(actor, id, agreementId);
    const heading = verb === 'withdraw' ? say('Take back agreement') : say('They still agree');
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/sharing-change.njk', {
      title: recordTitle(heading, person),
      heading,
      verb,
      form,
      person,
      pages: recordPages(id, 'sharing'),
      agreement,
      scopes: agreement.scope.map((value) => ({ value, text: SCOPE_WORDS[value] })),
      how: choicesOf(HOW_WORDS),
      words: { reach: REACH_WORDS, scope: SCOPE_WORDS },
    });
  }
}

/** Boxes of the page that are the agreement's own; the rest stand under the question whether they agree. */
const OWN_BOXES = ['organisationId', 'scope', 'renewOn'];

/** The answers of the page as the API has them. */
async function agreementIn(body: unknown): Promise<NewAgreement> {
  const answers = Object.fromEntries(
    Object.entries(withAgreement(sent(body))).map(([name, value]) => [
      name.replace(/^agreement\./, ''),
      value,
    ]),
  );
  const { organisationId, ...agreement } = await validated(
    NewSharingInput,
    shapeOf(NewSharingInput, answers),
  );
  return organisationId === US ? agreement : { ...agreement, organisationId };
}

const NOT_LISTED = 'Select from the list';

/** What is wrong with an agreement, beside the boxes of the page. */
function inItsBoxes(error: unknown): unknown {
  const problems =
    error instanceof Refusal ? (error.extra['errors'] as FieldProblem[] | undefined) : undefined;
  if (!problems) return error;
  return Refusal.invalid(
    problems.map(({ field, message }) => ({
      field: OWN_BOXES.includes(field) ? field : `agreement.${field}`,
      message: field === 'organisationId' ? NOT_LISTED : message,
    })),
  );
}
