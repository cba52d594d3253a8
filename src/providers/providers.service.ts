import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { MessageSender } from '../platform/messages/message-sender.js';
import { Refusal } from '../platform/errors/refusal.js';
import { refuseStale } from '../platform/http/version.js';
import { schemeSettings } from '../platform/scheme/scheme-settings.js';
import { refreshAssurance } from './assurance-row.js';
import { type Changes, changesOf, known, newValues, withoutValues } from './changes.rules.js';
import { knowAddresses } from './contact-points.js';
import { PROVIDER_EVENTS } from './provider.events.js';
import { lockProvider } from './provider-row.js';
import type { AmendProvider, CreateProvider, ProviderProfile } from './provider.dto.js';
import { Provider } from './provider.entity.js';
import { ProviderHooks } from './provider.hooks.js';
import { rhythmOf } from './rhythm.queries.js';
import { quietDayProblems } from './rhythm.rules.js';
import { ofProviderWithin } from './provider.reach.js';
import { providerProblems } from './provider.rules.js';
import { type AnswersBy, WEEKDAYS, type ProviderRow } from './provider.types.js';
import { tellOfProvider } from './telling.js';

/** Volunteers are people too: what history keeps for good says only that these changed. */
const PERSONAL = new Set(['contactName', 'contactEmail', 'contactPhone']);

/** Where a group is written to follows from these. */
const WAYS = ['answersBy', 'contactEmail', 'contactPhone'] as const;

@Injectable()
export class ProvidersService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly sender: MessageSender,
    private readonly hooks: ProviderHooks,
  ) {}

  async create(actor: Actor, input: CreateProvider): Promise<string> {
    const within = ofProviderWithin(actor, reachFor(actor, 'provider.create'), sql`o.id`);
    return this.unitOfWork.run(actor, async (tx) => {
      const organisation = await tx.maybe<{ provides: boolean; active: boolean; already: boolean }>(sql`
        select o.provides, o.active, exists (
          select 1 from provider p where p.scheme_id = o.scheme_id and p.organisation_id = o.id) as already
        from organisation o
        where o.scheme_id = ${tx.schemeId} and o.id = ${input.organisationId} and ${within}
        for no key update of o`);
      if (!organisation) throw Refusal.notFound();
      if (organisation.already) {
        throw Refusal.conflict(
          'provider-exists',
          'This organisation has its profile already. Amend that one.',
        );
      }
      if (!organisation.provides || !organisation.active) {
        throw Refusal.invalidField('organisationId', 'Choose an active organisation that provides services');
      }
      const { organisationId, ...profile } = input;
      const { replyWithinDays } = await schemeSettings(tx);
      const named = (profile.contactEmail ?? profile.contactPhone ?? null) !== null;
      // As in an amendment: nobody has said that one person alone reads it.
      const provider = {
        ...NEW_PROFILE,
        replyWithinDays,
        contactShared: named,
        ...known(given(profile)),
        sector: input.sector,
      };
      refuseProblems(provider);
      this.refuseUnsent(provider.answersBy);
      await tx.manager.insert(Provider, {
        ...provider,
        schemeId: tx.schemeId,
        organisationId,
        createdAt: tx.now,
        updatedAt: tx.now,
      });
      await knowAddresses(tx, [organisationId]);
      await tellOfProvider(tx, organisationId, 'provider.create', PROVIDER_EVENTS.create, {
        sector: input.sector,
      });
      return organisationId;
    });
  }

  async amend(actor: Actor, organisationId: string, version: number, input: AmendProvider): Promise<string> {
    const reach = reachFor(actor, 'provider.amend');
    return this.unitOfWork.run(actor, async (tx) => {
      const before = await lockProvider(
        tx,
        organisationId,
        ofProviderWithin(actor, reach, sql`p.organisation_id`),
      );
      refuseStale(before.version, version);
      const changes = amended(before, input);
      refuseProblems({ ...before, ...newValues(changes) }, Object.keys(changes));
      if (changes['quietDays']) {
        const { quietTimes } = await rhythmOf(tx, organisationId);
        const problems = quietDayProblems({ quietTimes, quietDays: given(input).quietDays ?? [] });
        if (problems.length > 0) throw Refusal.invalid(problems);
      }
      if (input.answersBy !== before.answersBy) this.refuseUnsent(input.answersBy);
      if (Object.keys(changes).length === 0) return organisationId;
      await write(tx, before, newValues(changes));
      if (WAYS.some((field) => changes[field])) await knowAddresses(tx, [organisationId]);
      // Whether the group serves food decides which checks it needs.
      if (changes['food'] || changes['remit']) await refreshAssurance(tx, organisationId);
      await tellOfProvider(
        tx,
        organisationId,
        'provider.amend',
        PROVIDER_EVENTS.amend,
        withoutValues(changes, PERSONAL),
      );
      if (changes['quietDays']) await this.hooks.rhythmChanged.run(tx, { organisationId });
      if (changes['limits']) await this.hooks.fitChanged.run(tx, { organisationId });
      return organisationId;
    });
  }

  private refuseUnsent(answersBy: AnswersBy | undefined): void {
    if (answersBy === 'text' && !this.sender.carries('text')) {
      throw Refusal.invalidField('answersBy', 'No text messages are sent from here. Choose another way');
    }
  }
}

const write = (tx: Tx, before: ProviderRow, values: Record<string, unknown>) =>
  tx.manager.update(
    Provider,
    { schemeId: tx.schemeId, organisationId: before.organisationId },
    { ...values, version: before.version + 1, updatedAt: tx.now },
  );

/** Nobody said of a new way or address that one person alone reads it: until they do, it counts as shared. */
function amended(before: ProviderRow, input: AmendProvider): Changes {
  const changes = changesOf(before, given(input));
  const elsewhere = WAYS.some((field) => (changes[field]?.to ?? null) !== null);
  if (!elsewhere || input.contactShared !== undefined) return changes;
  return { ...changes, ...changesOf(before, { contactShared: true }) };
}

/** The answers as the row keeps them. */
function given(input: ProviderProfile & { sector?: ProviderRow['sector'] }): Partial<ProviderRow> {
  const { quietDays, ...rest } = input;
  return quietDays === undefined
    ? rest
    : { ...rest, quietDays: quietDays.map((day) => WEEKDAYS.indexOf(day) + 1).sort((a, b) => a - b) };
}

function refuseProblems(...whole: Parameters<typeof providerProblems>): void {
  const problems = providerProblems(...whole);
  if (problems.length > 0) throw Refusal.invalid(problems);
}

const NEW_PROFILE: Omit<
  ProviderRow,
  'organisationId' | 'name' | 'kind' | 'active' | 'sector' | 'replyWithinDays'
> = {
  version: 1,
  tradition: null,
  traditionShown: false,
  inPlaceOfWorship: null,
  prayer: null,
  religiousContent: null,
  religiousContentExamples: null,
  womanVolunteer: null,
  food: [],
  dress: null,
  languages: [],
  howToWorkWithUs: null,
  remit: [],
  remitNote: null,
  limits: [],
  limitsNote: null,
  answersBy: 'sign_in',
  contactName: null,
  contactEmail: null,
  contactPhone: null,
  contactShared: false,
  quietDays: [],
  pausedFrom: null,
  pausedUntil: null,
  personalContactUntil: null,
  aloneUntil: null,
  noPressureAgreed: false,
  closedForGoodOn: null,
};
