import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import type { AgreementInput } from '../clients/agreement.dto.js';
import { ADULT, agreementProblems, type AgreeingPerson } from '../clients/agreement.rules.js';
import { AgreementsService } from '../clients/agreements.service.js';
import type { AgreementScope } from '../clients/agreement.types.js';
import { CLIENT_COLUMNS, type ClientRow } from '../clients/client-rows.js';
import { NewClientInput } from '../clients/client.dto.js';
import { askedAgain, personProblems } from '../clients/client.rules.js';
import { ClientsService } from '../clients/clients.service.js';
import { answersOf, type NewPerson } from '../clients/person.rules.js';
import { reachFor } from '../permissions/reach.js';
import { publicActor, type MemberActor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { insertOf } from '../platform/database/entity-sql.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { validated } from '../platform/http/validation.js';
import { refuseStale } from '../platform/http/version.js';
import { newId } from '../platform/pure/ids.js';
import { without } from '../platform/pure/without.js';
import { ageOn, normaliseName } from '../platform/pure/names.js';
import {
  DEFAULT_SETTINGS,
  holidaysOf,
  schemeSettings,
  type SchemeSettings,
} from '../platform/scheme/scheme-settings.js';
import type { Need } from '../platform/words/needs.js';
import { holdNew, inside, lockFor, record, tell, within } from './referral-moves.js';
import { SendInput, type DraftInput, type SelfReferralInput, type SendAgainInput } from './referral.dto.js';
import { Referral } from './referral.entity.js';
import { ReferralHooks } from './referral.hooks.js';
import { referralWithin } from './referral.reach.js';
import { dueAt, movedTo, newReference, routeOf, sendProblems, TOLD_SCOPES } from './referral.rules.js';
import { TOLD_OPEN, type Feedback, type ReferralRow } from './referral.types.js';
import { type ChangeSince, firstWritten, likenessOf } from './as-written.rules.js';
import { CHANGED_SINCE, SENT_AS, sentAs, type SentAs } from './sent-as.queries.js';

/** What agreement to the scheme's support covers: enough to help, nothing for anybody else. */
const SUPPORT: AgreementScope[] = ['scheme_support', 'contact_details', 'needs', 'access_needs'];

/** Two that only one of two concurrent sends may have; the other looks again and finds the first. */
const ASKED_AGAIN = ['referral_external', 'referral_reference'];

/**
 * How referrals come in: drafts, sends, self-referrals. Whoever sends is answered in the same way, after the same
 * statements, whether or not the person is known here: all that is compared is what their own organisation sent.
 */
@Injectable()
export class ReferralSending {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly hooks: ReferralHooks,
    private readonly clients: ClientsService,
    private readonly agreements: AgreementsService,
  ) {}

  async draft(actor: MemberActor, input: DraftInput): Promise<string> {
    reachFor(actor, 'referral.draft');
    return this.once(actor, async (tx) => {
      const sender = await senderOf(tx, actor, input);
      if (sender.earlierId !== null) return sender.earlierId;
      const row = movedTo(newRow(tx, sender, input), 'draft', tx.now, { draft: plain(input) });
      await Promise.all([tx.run(insertOf(Referral, row)), tell(tx, row, null, { verb: 'draft' })]);
      await this.moved(tx, 'draft', null, row);
      return row.id;
    });
  }

  /** `emptied` are answers that a form no longer gives, such as `client.firstName`. */
  async amendDraft(
    actor: MemberActor,
    id: string,
    version: number,
    input: DraftInput,
    emptied: readonly string[] = [],
  ): Promise<string> {
    return this.once(actor, async (tx) => {
      const { referral } = await lockFor(tx, 'amendDraft', id);
      refuseStale(referral.version, version);
      const after: ReferralRow = {
        ...referral,
        updated_at: tx.now,
        draft: merged(withoutAnswers(referral.draft ?? {}, emptied), plain(input)),
        external_id: input.externalId === undefined ? referral.external_id : input.externalId,
      };
      await record(tx, referral, after, { verb: 'amendDraft' });
      await this.moved(tx, 'amendDraft', referral, after);
      return id;
    });
  }

  /** Nobody but its organisation ever saw it: the row goes, that it was there stays. */
  async discard(actor: MemberActor, id: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const { referral } = await lockFor(tx, 'discard', id);
      await Promise.all([
        tell(tx, referral, referral.state, { verb: 'discard' }, 'gone'),
        tx.run(sql`delete from referral where scheme_id = ${tx.schemeId} and id = ${id}`),
      ]);
      await this.hooks.moved.run(tx, {
        referralId: id,
        clientId: null,
        action: 'discard',
        from: referral.state,
        to: 'gone',
      });
      return id;
    });
  }

  /** In one call: nobody ever saw the draft, so history begins with the sending. */
  async send(actor: MemberActor, input: SendInput): Promise<string> {
    reachFor(actor, 'referral.send');
    refuseUrgent(input.couldComeToHarm);
    return this.once(actor, async (tx) => {
      const [sender, settings] = await Promise.all([senderOf(tx, actor, input), schemeSettings(tx)]);
      if (sender.earlierId !== null) return sender.earlierId;
      const row = newRow(tx, sender, input);
      const after = await this.sent(tx, row, sender, input, settings);
      await Promise.all([
        tx.run(insertOf(Referral, after)),
        tell(tx, after, null, { verb: 'send' }),
        ...holdNew(tx, after),
      ]);
      await this.moved(tx, 'send', null, after);
      return row.id;
    });
  }

  /** What `send` would answer, so that nobody approves a list blindly. Nothing is written. */
  async check(actor: MemberActor, input: SendInput): Promise<void> {
    reachFor(actor, 'referral.send');
    refuseUrgent(input.couldComeToHarm);
    await this.unitOfWork.run(actor, async (tx) => {
      const [sender, settings] = await Promise.all([senderOf(tx, actor, input), schemeSettings(tx)]);
      await judged(tx, sender, input, settings);
    });
  }

  /** A draft, or what was returned. What is given replaces what is there; the whole is then judged as if sent anew. */
  async sendAgain(
    actor: MemberActor,
    id: string,
    input: SendAgainInput,
    emptied: readonly string[] = [],
    seen?: number,
  ): Promise<string> {
    refuseUrgent(input.couldComeToHarm);
    return this.once(actor, async (tx) => {
      const [{ referral }, settings] = await Promise.all([
        lockFor(tx, 'send', id, { seen }),
        schemeSettings(tx),
      ]);
      const after =
        referral.state === 'draft'
          ? await this.sentDraft(tx, actor, referral, { input, emptied }, settings)
          : await this.sentBack(tx, actor, referral, input, settings);
      await record(tx, referral, after, { verb: 'send' });
      await this.moved(tx, 'send', referral, after);
      return id;
    });
  }

  /** The public form. A person looks at it before it is accepted. */
  async submit(schemeId: string, input: SelfReferralInput): Promise<string> {
    refuseUrgent(input.couldComeToHarm);
    if (!input.agreed) {
      throw Refusal.invalidField('agreed', 'Tick this so that we may write this down and get in touch');
    }
    return this.again(() =>
      this.unitOfWork.run(publicActor(schemeId, 'self-referral form'), async (tx) => {
        const settings = await selfReferralSettings(tx);
        const today = londonDate(tx.now);
        const person = answersOf(input.client);
        const parent = parentTyping(person, today, input.typedBy ?? null);
        const agreement = {
          ...(parent === null
            ? { basis: 'agreed' as const }
            : { basis: 'parental_responsibility' as const, decidedBy: parent.name }),
          agreedOn: today,
          how: 'online' as const,
        };
        const problems = [
          ...(parent?.name === null
            ? [{ field: 'typedBy', message: 'Enter your name, as their parent or guardian' }]
            : []),
          ...within('client', personProblems(person, today, settings.minimumAge)),
          ...sendProblems({ reasons: input.reasons, risks: [], noKnownRisks: true, person }),
        ];
        if (problems.length > 0) throw Refusal.invalid(problems);
        const clientId = await this.clients.createProvisional(tx, input.client);
        const agreementId = await this.agreements.recordWithin(tx, clientId, {
          ...agreement,
          scope: SUPPORT,
        });
        const row = blankRow(tx);
        const after = movedTo(row, 'sent', tx.now, {
          route: 'self',
          client_id: clientId,
          sent_client_id: clientId,
          agreement_id: agreementId,
          feedback: 'nothing',
          sender_name: input.typedBy ?? null,
          reasons: input.reasons,
          note: input.note ?? null,
          sent_at: tx.now,
          next_at: dueAt('sent', tx.now, settings, holidaysOf(settings)),
        });
        await Promise.all([
          tx.run(insertOf(Referral, after)),
          tell(tx, after, null, { verb: 'submit' }),
          ...holdNew(tx, after),
        ]);
        await this.moved(tx, 'submit', null, after);
        return after.reference;
      }),
    );
  }

  /**
   * Somebody handed over by another scheme, by a caller that asked its own permission. They wait in triage as if sent,
   * with nobody here to return them to.
   */
  async takeOn(tx: Tx, input: TakenOn): Promise<{ id: string; clientId: string; reference: string }> {
    const settings = await schemeSettings(tx);
    const person = answersOf(input.person);
    const problems = within('client', personProblems(person, londonDate(tx.now), settings.minimumAge));
    if (problems.length > 0) throw Refusal.invalid(problems);
    const clientId = await this.clients.createProvisional(tx, input.person);
    const agreementId = await this.agreements.recordWithin(tx, clientId, {
      ...input.agreement,
      scope: SUPPORT,
    });
    const after = movedTo(blankRow(tx), 'sent', tx.now, {
      route: 'professional',
      client_id: clientId,
      sent_client_id: clientId,
      agreement_id: agreementId,
      feedback: 'nothing',
      sender_name: input.senderName,
      reasons: [...input.reasons],
      reason_note: input.reasonNote,
      note: input.note,
      risks: [...input.risks],
      no_known_risks: input.noKnownRisks,
      risk_note: input.riskNote,
      sent_at: tx.now,
      next_at: dueAt('sent', tx.now, settings, holidaysOf(settings)),
    });
    await Promise.all([
      tx.run(insertOf(Referral, after)),
      tell(tx, after, null, { verb: 'submit' }),
      ...holdNew(tx, after),
    ]);
    await this.moved(tx, 'submit', null, after);
    return { id: after.id, clientId, reference: after.reference };
  }

  private async sentDraft(
    tx: Tx,
    actor: MemberActor,
    referral: ReferralRow,
    changes: { input: SendAgainInput; emptied: readonly string[] },
    settings: SchemeSettings,
  ): Promise<ReferralRow> {
    const whole = merged(withoutAnswers(referral.draft ?? {}, changes.emptied), plain(changes.input));
    const input = await validated(SendInput, whole);
    const sender = await senderOf(tx, actor, { gpPracticeCode: input.gpPracticeCode });
    const row = { ...newRow(tx, sender, input), ...identityOf(referral) };
    return this.sent(tx, row, sender, input, settings);
  }

  /** The part that every sending shares: judge, write the person and their agreement down, and queue it for triage. */
  private async sent(
    tx: Tx,
    row: ReferralRow,
    sender: Sender,
    input: SendInput,
    settings: SchemeSettings,
  ): Promise<ReferralRow> {
    if (row.route === 'self' && sender.isReferrer) {
      throw Refusal.invalidField(
        'route',
        'Only the person, or a worker who writes for them, refers themselves',
      );
    }
    if (input.sender === undefined && tx.actor.kind === 'member' && tx.actor.program) {
      throw Refusal.invalidField('sender', 'Say who refers: a program sends for somebody');
    }
    const { earlier, person } = await judged(tx, sender, input, settings);
    const feedback = input.feedback ?? (row.route === 'self' ? 'nothing' : 'progress');
    const clientId = await inside(
      'client',
      this.clients.createProvisional(tx, person, sender.organisationId),
    );
    const agreementId = await this.agree(
      tx,
      { ...answersOf(person), id: clientId },
      sender,
      input.agreement,
      feedback,
    );
    return movedTo(row, 'sent', tx.now, {
      client_id: clientId,
      sent_client_id: clientId,
      same_person_as: earlier?.id ?? null,
      agreement_id: agreementId,
      feedback,
      sent_at: tx.now,
      next_at: dueAt('sent', tx.now, settings, holidaysOf(settings)),
    });
  }

  private async sentBack(
    tx: Tx,
    actor: MemberActor,
    referral: ReferralRow,
    input: SendAgainInput,
    settings: SchemeSettings,
  ): Promise<ReferralRow> {
    const clientId = referral.client_id;
    if (clientId === null) throw new Error('A returned referral has no client.');
    const sender = await senderOf(tx, actor, { gpPracticeCode: input.gpPracticeCode });
    const sentAs = await tx.one<ClientRow>(sql`
      select ${CLIENT_COLUMNS} from client c where c.scheme_id = ${tx.schemeId} and c.id = ${clientId}`);
    const person: NewPerson = await inside(
      'client',
      validated(NewClientInput, { ...answersOf(sentAs), ...given(input.client ?? {}) }),
    );
    const practice = practiceOf(input.gpPracticeCode, sender);
    if (practice) person.gpPracticeId = practice;
    const risks = input.risks ?? referral.risks;
    const feedback = input.feedback ?? referral.feedback;
    const whole = {
      reasons: input.reasons ?? referral.reasons,
      risks,
      noKnownRisks: input.noKnownRisks ?? (input.risks === undefined && referral.no_known_risks),
      agreement: input.agreement ?? null,
    };
    judge(tx, whole, person, settings);
    if (input.client !== undefined || practice) {
      await inside('client', this.clients.amendProvisional(tx, clientId, person));
    }
    const agreementId =
      input.agreement === undefined
        ? referral.agreement_id
        : await this.agree(tx, { ...answersOf(person), id: clientId }, sender, input.agreement, feedback);
    return movedTo(referral, 'sent', tx.now, {
      ...answeredFields(input, referral),
      risks,
      no_known_risks: whole.noKnownRisks,
      feedback,
      agreement_id: agreementId,
      sent_at: tx.now,
      next_at: dueAt('sent', tx.now, settings, holidaysOf(settings)),
    });
  }

  /** Agreement to support, and to what its sender may hear; gives the first. Triage has not confirmed the person yet. */
  private async agree(
    tx: Tx,
    client: AgreeingPerson & { id: string },
    sender: Sender,
    agreement: Basis,
    feedback: Feedback,
  ): Promise<string> {
    const told = TOLD_SCOPES[feedback];
    const [id] = await inside(
      'agreement',
      this.agreements.recordForNew(tx, client, [
        { ...agreement, scope: SUPPORT },
        ...(told.length > 0 ? [{ ...agreement, scope: told, organisationId: sender.organisationId }] : []),
      ]),
    );
    if (id === undefined) throw new Error('No agreement was recorded.');
    return id;
  }

  private async moved(
    tx: Tx,
    action: 'draft' | 'amendDraft' | 'send' | 'submit',
    before: ReferralRow | null,
    after: ReferralRow,
  ): Promise<void> {
    await this.hooks.moved.run(tx, {
      referralId: after.id,
      clientId: after.client_id,
      action,
      from: before?.state ?? null,
      to: after.state,
    });
  }

  private once(actor: MemberActor, work: (tx: Tx) => Promise<string>): Promise<string> {
    return this.again(() => this.unitOfWork.run(actor, work));
  }

  /** Of two at once that may not both be, the second looks again. */
  async again(work: () => Promise<string>): Promise<string> {
    try {
      return await work();
    } catch (error) {
      const constraint = (error as { constraint?: string }).constraint;
      if (constraint === undefined || !ASKED_AGAIN.includes(constraint)) throw error;
      return work();
    }
  }
}

/** Who it is about, once nothing stands in the way of sending. */
async function judged(
  tx: Tx,
  sender: Sender,
  input: SendInput,
  settings: SchemeSettings,
): Promise<{ earlier: Earlier | null; person: NewPerson }> {
  const earlier = input.samePersonAs ? await ownEarlier(tx, input.samePersonAs) : null;
  const person = await personOf(tx, input, earlier, sender);
  judge(tx, input, person, settings);
  await refuseOwnOpen(tx, sender, person, earlier, input.differentPerson ?? false);
  return { earlier, person };
}

/** A parent or guardian who asks for somebody too young to agree alone, with the name they gave; null for anybody else. */
function parentTyping(
  person: AgreeingPerson,
  today: string,
  name: string | null,
): { name: string | null } | null {
  const decides = person.underAgeBasis === 'parental_responsibility';
  return decides && ageOn(person.dateOfBirth, today) < ADULT ? { name } : null;
}

/** Danger is not what this is for: nothing is saved, and the answer says what to do now. */
export function refuseUrgent(couldComeToHarm: boolean): void {
  if (!couldComeToHarm) return;
  throw Refusal.unprocessable(
    'could-come-to-harm',
    'This is not for urgent help, and nothing was sent. In danger now: ring 999. Urgent mental health help: ring 111 ' +
      'and choose option 2. Worried about abuse or neglect: ring the council’s safeguarding team today. When ' +
      'everybody is safe, send this again.',
  );
}

type Plain<Input> = { [Property in keyof Input]: Input[Property] };
/** How the person agreed, without to what: that is ours to say. */
type Basis = Plain<Omit<AgreementInput, 'scope'>>;

/** As another scheme described them, with what they agreed to there. */
export interface TakenOn {
  person: NewPerson;
  reasons: readonly Need[];
  reasonNote: string | null;
  note: string | null;
  risks: readonly string[];
  noKnownRisks: boolean;
  riskNote: string | null;
  agreement: Basis;
  senderName: string;
}

interface Sender {
  organisationId: string;
  membershipId: string;
  isReferrer: boolean;
  kind: string;
  name: string | null;
  practiceId: string | null;
  earlierId: string | null;
}

/** Who sends, with what they sent before under the same id of their own, and the practice they name by its code. */
async function senderOf(
  tx: Tx,
  actor: MemberActor,
  input: { externalId?: string | null; gpPracticeCode?: string | null },
): Promise<Sender> {
  const row = await tx.one<
    Pick<Sender, 'kind' | 'name' | 'practiceId' | 'earlierId'> & { refers: boolean }
  >(sql`
    select o.kind, o.refers, p.name,
      (select g.id from organisation g where g.scheme_id = o.scheme_id
        and g.ods_code = ${input.gpPracticeCode?.toUpperCase() ?? null} and g.kind = 'gp_practice') as "practiceId",
      (select r.id from referral r where r.scheme_id = o.scheme_id and r.organisation_id = o.id
        and r.external_id = ${input.externalId ?? null}) as "earlierId"
    from organisation o
    left join user_profile p on p.scheme_id = o.scheme_id and p.account_id = ${actor.accountId}
    where o.scheme_id = ${tx.schemeId} and o.id = ${actor.organisationId}`);
  const { refers, ...known } = row;
  const isReferrer = actor.role === 'referrer';
  if (isReferrer && !refers) {
    throw Refusal.conflict('does-not-refer', 'Your organisation does not send referrals. Ask the scheme.');
  }
  return { ...known, isReferrer, organisationId: actor.organisationId, membershipId: actor.membershipId };
}

/** A row with nothing in it yet; where it came from and what it says are added by the verb. */
function blankRow(tx: Tx): ReferralRow {
  return {
    scheme_id: tx.schemeId,
    id: newId(),
    version: 1,
    reference: newReference(),
    client_id: null,
    sent_client_id: null,
    same_person_as: null,
    route: 'self',
    state: 'draft',
    held_from: null,
    organisation_id: null,
    author_id: null,
    sender_name: null,
    sender_role: null,
    sender_contact: null,
    draft: null,
    reasons: [],
    reason_note: null,
    note: null,
    risks: [],
    no_known_risks: false,
    risk_note: null,
    agreement_id: null,
    feedback: 'progress',
    external_id: null,
    owner_kind: null,
    owner_id: null,
    next_at: null,
    next_kind: null,
    sent_at: null,
    returned_at: null,
    returned_because: null,
    returned_missing: [],
    accepted_at: null,
    allocated_at: null,
    begun_at: null,
    ended_at: null,
    end_reason: null,
    end_side: null,
    end_note: null,
    result: null,
    may_ask_again: null,
    original_closing: null,
    joined_into: null,
    as_sent: null,
    told_status: 'draft',
    told_at: tx.now,
    told_why: null,
    told_result: null,
    told_accepted_at: null,
    told_reached_at: null,
    told_outcome: null,
    told_own: false,
    created_at: tx.now,
    updated_at: tx.now,
  };
}

function newRow(tx: Tx, sender: Sender, input: Partial<SendInput> | DraftInput): ReferralRow {
  const row = blankRow(tx);
  return {
    ...row,
    organisation_id: sender.organisationId,
    author_id: sender.membershipId,
    external_id: input.externalId ?? null,
    ...answeredFields(input, { ...row, route: routeOf(sender.kind), sender_name: sender.name }),
    risks: input.risks ?? [],
    no_known_risks: input.noKnownRisks ?? false,
  };
}

/** What stays the same when a draft becomes a referral. */
const identityOf = ({ id, version, reference, author_id, external_id, created_at, draft }: ReferralRow) => ({
  id,
  version,
  reference,
  author_id,
  external_id,
  created_at,
  draft,
});

function answeredFields(input: Partial<SendInput> | DraftInput | SendAgainInput, before: ReferralRow) {
  const or = <Value>(value: Value | undefined, otherwise: Value): Value =>
    value === undefined ? otherwise : value;
  return {
    route: input.route ?? before.route,
    sender_name: input.sender?.name ?? before.sender_name,
    sender_role: or(input.sender?.role, before.sender_role),
    sender_contact: or(input.sender?.contact, before.sender_contact),
    reasons: input.reasons ?? before.reasons,
    reason_note: or(input.reasonNote, before.reason_note),
    note: or(input.note, before.note),
    risk_note: or(input.riskNote, before.risk_note),
  } satisfies Partial<ReferralRow>;
}

interface Earlier {
  id: string;
}

/** A person is named only through the sender's own earlier referral; somebody else's is not there. */
async function ownEarlier(tx: Tx, referralId: string): Promise<Earlier> {
  const reach = reachFor(tx.actor, 'referral.send');
  const earlier = await tx.maybe<Earlier>(sql`
    select r.id from referral r
    where r.scheme_id = ${tx.schemeId} and r.id = ${referralId} and r.sent_client_id is not null
      and r.state <> 'entered_in_error' and (${referralWithin(tx.actor, reach, tx.now)} or r.author_id = ${
        tx.actor.kind === 'member' ? tx.actor.membershipId : null
      })`);
  if (!earlier) throw Refusal.notFound();
  return earlier;
}

/**
 * The person as given, else as their sender wrote them down the last time. Never as anybody else knows them; and how it is
 * safe to reach them was a word of that day.
 */
async function personOf(
  tx: Tx,
  input: SendInput,
  earlier: Earlier | null,
  sender: Sender,
): Promise<NewPerson> {
  const written =
    input.client === undefined && earlier !== null
      ? await tx.one<ClientRow & { changedSince: ChangeSince[] }>(sql`
          select ${CLIENT_COLUMNS}, ${CHANGED_SINCE} as "changedSince"
          from referral r join client s on s.scheme_id = r.scheme_id and s.id = r.sent_client_id
          join client c on c.scheme_id = s.scheme_id and c.id = s.id
          where r.scheme_id = ${tx.schemeId} and r.id = ${earlier.id}`)
      : null;
  const described: NewPerson | null =
    input.client ?? (written && askedAgain(answersOf(firstWritten(written, written.changedSince))));
  if (described === null) throw Refusal.invalidField('client', 'Say who the person is');
  const person: NewPerson = { ...described };
  const named = practiceOf(input.gpPracticeCode, sender);
  if (named) person.gpPracticeId = named;
  else if (!person.gpPracticeId && !person.noKnownGpPractice && sender.kind === 'gp_practice') {
    person.gpPracticeId = sender.organisationId;
  }
  return person;
}

function practiceOf(code: string | null | undefined, sender: Sender): string | null {
  if (!code) return null;
  if (sender.practiceId === null) {
    throw Refusal.invalidField('gpPracticeCode', 'We do not know a GP practice with this code');
  }
  return sender.practiceId;
}

/** Everything that is wrong at once, so that nobody has to send five times. */
function judge(
  tx: Tx,
  input: {
    reasons: readonly string[];
    risks?: readonly string[];
    noKnownRisks?: boolean;
    agreement: Basis | null;
  },
  person: NewPerson,
  settings: SchemeSettings,
): void {
  const today = londonDate(tx.now);
  const answers = answersOf(person);
  const { agreement } = input;
  const problems = [
    ...sendProblems({
      reasons: input.reasons,
      risks: input.risks ?? [],
      noKnownRisks: input.noKnownRisks ?? false,
      person: answers,
    }),
    ...within('client', personProblems(answers, today, settings.minimumAge)),
    ...within(
      'agreement',
      agreement === null
        ? []
        : agreementProblems(
            {
              ...agreement,
              scope: SUPPORT,
              decidedBy: agreement.decidedBy ?? null,
              authoritySeenOn: agreement.authoritySeenOn ?? null,
              consulted: agreement.consulted ?? null,
              renewOn: agreement.renewOn ?? null,
              organisationId: null,
            },
            // That nobody said who decides for somebody young is one problem, and told once.
            { ...answers, underAgeBasis: answers.underAgeBasis ?? 'competence' },
            today,
            settings.minimumAge,
          ),
    ),
  ];
  if (problems.length > 0) throw Refusal.invalid(problems);
}

/**
 * The sender's own referral of this person is still open, as it wrote them: by NHS number, or by name and birth date where
 * one of the two has no number. What others corrected or found out since refuses nothing: a refusal would tell it. Sends for
 * one birth date queue behind each other, so that two at once cannot both be first.
 */
async function refuseOwnOpen(
  tx: Tx,
  sender: Sender,
  person: NewPerson,
  earlier: Earlier | null,
  differentPerson: boolean,
): Promise<void> {
  const { organisationId } = sender;
  const queue = `${tx.schemeId} ${organisationId} ${person.dateOfBirth}`;
  const [, open] = await Promise.all([
    tx.run(sql`select pg_advisory_xact_lock(hashtextextended(${queue}, 0))`),
    tx.plannedOnce(() =>
      tx.rows<OwnOpen>(sql`
        with recursive same as (
          select id, same_person_as from referral where scheme_id = ${tx.schemeId} and id = ${earlier?.id ?? null}
          union
          select r.id, r.same_person_as from same
          join referral r on r.scheme_id = ${tx.schemeId} and (r.id = same.same_person_as or r.same_person_as = same.id)
        )
        select r.id, r.reference, r.id in (select id from same) as named, ${SENT_AS}
        from (${likely(tx, person)} union
          select sent_client_id from referral where scheme_id = ${tx.schemeId} and id in (select id from same)
        ) likely
        join client s on s.scheme_id = ${tx.schemeId} and s.id = likely.id
        join referral r on r.scheme_id = s.scheme_id and r.sent_client_id = s.id
        where r.organisation_id = ${organisationId} and r.told_status = any(${[...TOLD_OPEN]}::text[])`),
    ),
  ]);
  const asWritten = open.map((one) => ({
    ...one,
    likeness: one.named ? 'same' : likenessOf(sentAs(one), person),
  }));
  const same = asWritten.find(({ likeness }) => likeness === 'same');
  if (same) {
    const { id: referralId, reference } = same;
    throw Refusal.conflict(
      'already-sent',
      `Your organisation's referral ${reference} for this person is still open. Add a note to it instead.`,
      { referralId, reference },
    );
  }
  const alike = asWritten.find(({ likeness }) => likeness === 'alike');
  if (alike && !differentPerson) {
    const { id: referralId, reference } = alike;
    throw Refusal.conflict(
      'maybe-already-sent',
      `Your organisation's referral ${reference} is for somebody of this name and birth date. Add a note to it, or say that this is a different person.`,
      { referralId, reference },
    );
  }
}

type OwnOpen = SentAs & { id: string; reference: string; named: boolean };

/** Whoever is written down like this person, or was before a correction. */
function likely(tx: Tx, { nhsNumber = null, firstName, lastName, dateOfBirth }: NewPerson): Sql {
  return sql`
    select id from client where scheme_id = ${tx.schemeId} and nhs_number = ${nhsNumber}
    union
    select c.id from client c where c.scheme_id = ${tx.schemeId} and c.date_of_birth = ${dateOfBirth}::date and (
      (c.last_name_key = ${normaliseName(lastName)} and c.first_name_key = ${normaliseName(firstName)})
      or exists (
        select 1 from client_history e where e.scheme_id = c.scheme_id and e.client_id = c.id and e.renamed))
    union
    select client_id from client_history where scheme_id = ${tx.schemeId} and was_number = ${nhsNumber}
    union
    select client_id from client_history where scheme_id = ${tx.schemeId} and was_born = ${dateOfBirth}::text`;
}

/** A scheme that is not there, and one that does not take self-referrals, look the same. */
async function selfReferralSettings(tx: Tx): Promise<SchemeSettings> {
  const scheme = await tx.maybe<{ settings: Partial<SchemeSettings> }>(
    sql`select settings from scheme where id = ${tx.schemeId}`,
  );
  const settings = { ...DEFAULT_SETTINGS, ...scheme?.settings };
  if (!scheme || !settings.selfReferral) throw Refusal.notFound();
  return settings;
}

/** As JSON would carry it: no class, nothing that was left out. */
const plain = (input: object): Record<string, unknown> =>
  JSON.parse(JSON.stringify(input)) as Record<string, unknown>;

const given = (input: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));

/** A draft without the answers of these paths: one of its own, or one about the person (`client.phone`). */
const withoutAnswers = (
  draft: Record<string, unknown>,
  paths: readonly string[],
): Record<string, unknown> => {
  const client = draft['client'] as Record<string, unknown> | undefined;
  const ofClient = paths
    .filter((path) => path.startsWith('client.'))
    .map((path) => path.slice('client.'.length));
  return {
    ...without(draft, ...paths),
    ...(client === undefined ? {} : { client: without(client, ...ofClient) }),
  };
};

/** What is given replaces what is there; null takes it away. The person is merged answer by answer. */
function merged(before: Record<string, unknown>, change: Record<string, unknown>): Record<string, unknown> {
  const after = { ...before };
  for (const [name, value] of Object.entries(change)) {
    if (value === null) Reflect.deleteProperty(after, name);
    else if (name === 'client')
      after[name] = merged(
        (before[name] as Record<string, unknown> | undefined) ?? {},
        value as Record<string, unknown>,
      );
    else after[name] = value;
  }
  return after;
}
