import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { saysWhy } from '../caseload/appointment.rules.js';
import { AppointmentsService } from '../caseload/appointments.service.js';
import { PlansService } from '../caseload/plans.service.js';
import { AgreementsService } from '../clients/agreements.service.js';
import type { AmendClientInput } from '../clients/client.dto.js';
import { SAFE_FIELDS, type Channel } from '../clients/client.types.js';
import { lockRow, lockWithin } from '../clients/client-rows.js';
import { ClientsService } from '../clients/clients.service.js';
import { PeopleCloseService } from '../clients/people-close.service.js';
import { ClientFeedback } from '../feedback/feedback.service.js';
import { reachFor } from '../permissions/reach.js';
import type { ClientActor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { refuseStale } from '../platform/http/version.js';
import { newId } from '../platform/pure/ids.js';
import { PageTasks } from '../reminders/page-tasks.js';
import { Stories } from '../stories/stories.service.js';
import type {
  CannotComeInput,
  ChangeContactInput,
  GiveToSupporterInput,
  PageFeedbackInput,
  StopMessagesInput,
  TakeStoryBackInput,
  TickStepInput,
  WriteMessageInput,
} from './page.dto.js';
import { refuseWithout } from './page-items.js';
import { OwnPageQueries } from './page.queries.js';
import type { Visit } from './page.types.js';

/** More in a day is not writing. */
const MESSAGES_A_DAY = 10;
const DAY_MS = 86_400_000;

/** What a person does on their own page. Each verb is one that a worker has as well, in the person's own name. */
@Injectable()
export class OwnPage {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly queries: OwnPageQueries,
    private readonly appointments: AppointmentsService,
    private readonly agreements: AgreementsService,
    private readonly people: PeopleCloseService,
    private readonly clients: ClientsService,
    private readonly feedback: ClientFeedback,
    private readonly plans: PlansService,
    private readonly told: Stories,
    private readonly tasks: PageTasks,
  ) {}

  /** It is a version of the plan like any other: whoever works with them sees it there and on the timeline. */
  tick({ actor }: Visit, actionId: string, { done }: TickStepInput): Promise<string> {
    return this.plans.tick(actor, actionId, done);
  }

  /** At once, and without a reason. What was printed already is taken down by the scheme, which is told. */
  takeStoryBack({ actor }: Visit, storyId: string, { uses }: TakeStoryBackInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      reachFor(actor, 'story.withdraw');
      await lockRow(tx, actor.clientId);
      await this.told.withdrawWithin(tx, actor.clientId, storyId, { ...(uses && { uses }), how: 'online' });
      return storyId;
    });
  }

  /** Calls it off for the person, and asks whoever works with them to find another time. */
  async cannotCome(
    { actor }: Visit,
    appointmentId: string,
    { reason, note }: CannotComeInput,
  ): Promise<string> {
    if (!saysWhy({ reason, note })) throw Refusal.invalidField('note', 'Say in a few words what it is');
    return this.appointments.cancel(actor, appointmentId, { side: 'client', reason, reasonNote: note });
  }

  async takeBack({ actor }: Visit, agreementId: string): Promise<string> {
    const agreement = (await this.queries.agreed(actor)).find(({ id }) => id === agreementId);
    if (!agreement) throw Refusal.notFound();
    if (!agreement.mayTakeBack) {
      const because = 'This was taken back already, or somebody else decided it. Please talk to us about it.';
      throw Refusal.illegalMove(agreement.withdrawnAt ? 'withdrawn' : 'live', 'withdraw', because);
    }
    return this.agreements.withdraw(actor, actor.clientId, agreementId, {});
  }

  /** What a supporter may see from now on. With a safety flag things are only taken away here; giving is talked over. */
  async give(visit: Visit, supporterId: string, { shares }: GiveToSupporterInput): Promise<string> {
    const { actor, safetyFlag } = visit;
    const supporter = (await this.queries.supporters(actor)).find(({ id }) => id === supporterId);
    if (!supporter) throw Refusal.notFound();
    if (safetyFlag && shares.some((item) => !supporter.shares.includes(item))) {
      throw Refusal.invalidField('shares', 'Please talk to us before you let somebody see more');
    }
    return this.people.amendSupporter(actor, actor.clientId, supporterId, supporter.version, {
      shares: [...new Set(shares)],
      agreedOn: londonDate(this.clock.now()),
    });
  }

  endSupporter({ actor }: Visit, supporterId: string): Promise<string> {
    return this.people.endSupporter(actor, actor.clientId, supporterId);
  }

  /**
   * Only what makes things safer, or harms nobody: channels go off here, and come on again by a code or a talk. What would
   * take the place of something needs the version it was shown at; `seen` is left out where nothing was shown. Where that
   * is refused, channels go off all the same.
   */
  async changeContact(
    { actor }: Visit,
    { switchOff = [], language, reachNote }: ChangeContactInput,
    seen?: number,
  ): Promise<string> {
    const work = this.unitOfWork.run(actor, async (tx) => {
      const client = await lockWithin(tx, 'client.amend', actor.clientId);
      const said = {
        ...(reachNote === undefined ? {} : { reachNote: reachNote === '' ? null : reachNote }),
        ...(language === undefined ? {} : { language }),
      };
      const replaces = Object.entries(said).some(
        ([field, value]) => client[field as keyof typeof said] !== value,
      );
      if (replaces) refuseStale(client.version, seen);
      return this.wish(tx, actor, { ...off(switchOff), ...said });
    });
    return work.catch(async (error: unknown) => {
      const isStale = error instanceof Refusal && error.status === 412;
      if (isStale && switchOff.length > 0) {
        await this.unitOfWork.beside(actor, (tx) => this.wish(tx, actor, off(switchOff)));
      }
      throw error;
    });
  }

  /** No text, e-mail or letter from now on; unsent ones are cancelled in the same transaction. */
  stopMessages({ actor }: Visit, { callsToo = false }: StopMessagesInput): Promise<string> {
    const channels: Channel[] = ['text', 'email', 'write', ...(callsToo ? CALLS : [])];
    return this.unitOfWork.run(actor, (tx) => this.wish(tx, actor, off(channels)));
  }

  /** What they want changed of how they are reached, told to whoever works with them. */
  private async wish(tx: Tx, { clientId }: ClientActor, answers: AmendClientInput): Promise<string> {
    await this.clients.amendWithin(tx, clientId, answers);
    await this.tasks.ask(tx, 'contact_wish', { kind: 'client', id: clientId }, clientId);
    return clientId;
  }

  /** To whoever works with the person: it stands on their Today until they have read it. */
  write({ actor }: Visit, { words }: WriteMessageInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      refuseWithout(actor, 'messages');
      const since = new Date(tx.now.getTime() - DAY_MS);
      await tx.run(sql`
        select 1 from client where scheme_id = ${tx.schemeId} and id = ${actor.clientId} for no key update`);
      const { sent } = await tx.one<{ sent: number }>(sql`
        select count(*)::int as sent from page_message
        where scheme_id = ${tx.schemeId} and client_id = ${actor.clientId} and sent_at > ${since}`);
      if (sent >= MESSAGES_A_DAY) throw Refusal.tooMany(DAY_MS / 1000);
      const id = newId();
      await tx.run(sql`
        insert into page_message (scheme_id, id, client_id, supporter_id, words, sent_at)
        values (${tx.schemeId}, ${id}, ${actor.clientId}, ${actor.supporterId}, ${words}, ${tx.now})`);
      await audit(tx, {
        action: 'page.write',
        subject: { kind: 'page_message', id },
        clients: [actor.clientId],
      });
      await this.tasks.ask(tx, 'page_message', { kind: 'page_message', id }, actor.clientId);
      return id;
    });
  }

  /** Past whoever it is about: nothing of it reaches the person's timeline, or a task's words. */
  giveFeedback({ actor }: Visit, { kind, about, words, wantsAnswer }: PageFeedbackInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      await lockRow(tx, actor.clientId);
      const since = new Date(tx.now.getTime() - DAY_MS);
      const { given } = await tx.one<{ given: number }>(sql`
        select count(*)::int as given from client_feedback
        where scheme_id = ${tx.schemeId} and client_id = ${actor.clientId} and received_at > ${since}
          and recorded_by is null`);
      if (given >= MESSAGES_A_DAY) throw Refusal.tooMany(DAY_MS / 1000);
      const toldBy = actor.supporterId === null ? 'client' : 'supporter';
      return this.feedback.giveWithin(tx, actor.clientId, {
        kind,
        about,
        words,
        wantsAnswer,
        toldBy,
        toldHow: 'online',
      });
    });
  }
}

const CALLS: Channel[] = ['call', 'leave_message'];

const off = (channels: readonly Channel[]) =>
  Object.fromEntries(channels.map((channel) => [SAFE_FIELDS[channel], 'no' as const]));
