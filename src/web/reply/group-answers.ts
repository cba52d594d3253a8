import { Injectable } from '@nestjs/common';
import { OnwardAnswers } from '../../onward-referrals/onward-answers.service.js';
import { OnwardParticipation } from '../../onward-referrals/onward-participation.service.js';
import type { DeclineReason } from '../../onward-referrals/onward.types.js';
import type { MarkRegisterInput } from '../../onward-referrals/register.dto.js';
import { Registers } from '../../onward-referrals/registers.service.js';
import type { RegisterByLink } from '../../onward-referrals/reply.queries.js';
import { ReplyQueries } from '../../onward-referrals/reply.queries.js';
import type { LinkActor, MemberActor } from '../../platform/actor/actor.types.js';
import { addDays, londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { MOST_PLACES, PLACES_KINDS, type PlacesKind } from '../../providers/listing.types.js';
import { ListingsService } from '../../providers/listings.service.js';
import { seenIn } from '../layout/forms.js';
import type { Speech } from '../words/speech.js';
import { speechIn } from '../words/speech.js';
import { didNotHappen, readRegister, saysTheSame } from './register.forms.js';
import { choice, note, plainDigits, typedDate } from './reply.forms.js';
import { cameWords, declineWords, finishWords, fullFor, inWords, NO } from './reply.words.js';

const { t: english } = speechIn('en');

/** Whoever answers for a group: by a link, or signed in. */
export type GroupActor = LinkActor | MemberActor;
export type Sent = Record<string, string>;

/** What a page says of an answer, where it does not show it otherwise. */
export type Said = 'thanks' | 'saved' | 'replaced' | 'not-reached' | 'undone' | null;

/** The same of what is told of a service: thanked for, or shown with the rest of it. */
export type Told = 'thanks' | 'part';

type Answer<What = Said> = (actor: GroupActor, id: string, sent: Sent, speech: Speech) => Promise<What>;

const done = async (work: Promise<unknown>, said: Said = null): Promise<Said> => {
  await work;
  return said;
};
const told = async (work: Promise<unknown>, what: Told = 'thanks'): Promise<Told> => {
  await work;
  return what;
};

/** Until when means something where the group is full or closed, and nothing otherwise. */
const untilOf = (reason: DeclineReason, until: string | null) => ({
  fullUntil: reason === 'full' ? until : null,
  closedUntil: reason === 'closed_for_now' ? until : null,
});

/** What the buttons and small forms of a group say, read as people type it; the same by link and signed in. */
@Injectable()
export class GroupAnswers {
  constructor(
    private readonly clock: Clock,
    private readonly answers: OnwardAnswers,
    private readonly participation: OnwardParticipation,
    private readonly queries: ReplyQueries,
    private readonly listings: ListingsService,
    private readonly registers: Registers,
  ) {}

  /** Of one onward referral, by the last part of the address that a form goes to. */
  readonly ofReferral: Record<string, Answer> = {
    yes: (actor, id) => done(this.answers.accept(actor, id, {})),
    'late-yes': (actor, id) => done(this.answers.lateYes(actor, id, null)),
    undo: (actor, id) => done(this.answers.undo(actor, id), 'undone'),
    seen: (actor, id) => done(this.participation.seen(actor, id)),
    'seen-safety': (actor, id, { changed = '' }) =>
      done(this.answers.seenSafety(actor, id, { changedAt: changed }), 'saved'),
    waitlist: (actor, id) => done(this.answers.waitlist(actor, id, {})),
    no: (actor, id, sent, speech) => done(this.decline(actor, id, sent, speech)),
    talk: (actor, id, sent, speech) => done(this.talk(actor, id, sent, speech)),
    'undo-talk': (actor, id) => done(this.answers.undoTalk(actor, id), 'undone'),
    'in-touch': (actor, id, { reached }) =>
      done(
        this.participation.inTouch(actor, id, { reached: reached !== 'no' }),
        reached === 'no' ? 'not-reached' : 'saved',
      ),
    came: (actor, id, sent, speech) => this.came(actor, id, sent, speech),
    finish: (actor, id, sent, speech) => done(this.finish(actor, id, sent, speech)),
  };

  /** Of one service. */
  readonly ofListing: Record<string, Answer<Told>> = {
    right: (actor, id) => told(this.listings.confirm(actor, id)),
    full: (actor, id, sent, speech) => told(this.full(actor, id, sent, speech)),
    places: (actor, id, sent, speech) => told(this.places(actor, id, sent, speech), 'part'),
    room: (actor, id) => told(this.listings.declareFull(actor, id, { until: null })),
  };

  /** The day of a session that was typed in three boxes. */
  sessionDay(sent: Sent, { t }: Speech): string {
    const sessionOn = typedDate(sent);
    if (!sessionOn) throw Refusal.invalidField('day', t('reply.session.wrong'));
    return sessionOn;
  }

  /** `sent` is null where there was no session. What is marked stays marked, also where it cannot be finished yet. */
  async keepRegister(
    actor: GroupActor,
    id: string,
    { register }: RegisterByLink,
    sent: Sent | null,
    finish: boolean,
    { t }: Speech,
    seen?: number,
  ): Promise<Said> {
    if (register === null) return null;
    const read: ReturnType<typeof readRegister> =
      sent === null ? { input: didNotHappen(register) } : readRegister(sent, register.people, finish, t);
    if (register.state === 'final') {
      // A second press says the same; another tab may say something else, which must not look as if it were kept.
      if ('input' in read && saysTheSame(register, read.input)) return null;
      throw Refusal.illegalMove('final', 'mark', 'It was finished before.');
    }
    if ('problems' in read) throw Refusal.invalid(read.problems);
    return this.mark(actor, id, read.input, finish, seen);
  }

  private async mark(
    actor: GroupActor,
    id: string,
    input: MarkRegisterInput,
    finish: boolean,
    seen: number | undefined,
  ): Promise<Said> {
    await this.registers.mark(actor, id, input, seen);
    if (!finish) return 'saved';
    await this.registers.finalise(actor, id);
    return null;
  }

  async reopenRegister(actor: GroupActor, id: string, { register }: RegisterByLink): Promise<Said> {
    if (register === null) return null;
    return done(this.registers.reopen(actor, id), 'undone');
  }

  /** A group may be the first to hear it. */
  async died(actor: MemberActor, id: string, sent: Sent, { t }: Speech): Promise<Said> {
    const said = note(sent['toldBy'], t);
    const isDated = ['day', 'month', 'year'].some((box) => (sent[box] ?? '').trim() !== '');
    const diedOn = isDated ? typedDate(sent) : null;
    const errors = [
      ...(isDated && diedOn === null ? [{ field: 'day', message: t('reply.session.wrong') }] : []),
      ...(said.problem ? [{ ...said.problem, field: 'toldBy' }] : []),
      ...(said.note === null ? [{ field: 'toldBy', message: t('reply.died.sayHow') }] : []),
    ];
    if (said.note === null || errors.length > 0) throw Refusal.invalid(errors);
    return done(this.participation.died(actor, id, { diedOn, toldBy: said.note }), 'saved');
  }

  private decline(actor: GroupActor, id: string, sent: Sent, { t }: Speech): Promise<string> {
    const said = choice(NO, sent['no']);
    if (said === null) return this.declineInWords(actor, id, sent, t);
    const { reason, days } = NO[said];
    const until = days === null ? null : this.daysOn(days);
    return this.answers.decline(actor, id, { reason, ...untilOf(reason, until) });
  }

  private declineInWords(actor: GroupActor, id: string, sent: Sent, t: Speech['t']): Promise<string> {
    const reason = choice(declineWords(t), sent['reason']);
    const day = this.fullUntil(sent['until']);
    const said = note(sent['note'], t);
    const errors = [
      ...(reason ? [] : [{ field: 'reason', message: t('reply.no.choose') }]),
      ...(sent['until'] && day === null ? [{ field: 'until', message: t('reply.full.choose') }] : []),
      ...(said.problem ? [said.problem] : []),
    ];
    if (!reason || errors.length > 0) throw Refusal.invalid(errors);
    const until = untilOf(reason, day);
    return this.answers.decline(actor, id, { reason, ...until, note: said.note });
  }

  private talk(actor: GroupActor, id: string, sent: Sent, { t }: Speech): Promise<string> {
    const said = note(sent['note'], t);
    if (said.problem) throw Refusal.invalid([said.problem]);
    return this.answers.talk(actor, id, { by: 'call_back', note: said.note });
  }

  /** Said again of the same day it takes the place of what was said before, which the page then says. */
  private async came(actor: GroupActor, id: string, sent: Sent, { t }: Speech): Promise<Said> {
    const result = choice(cameWords(t), sent['result']);
    const sessionOn = typedDate(sent);
    const errors = [
      ...(result ? [] : [{ field: 'result', message: t('reply.came.choose') }]),
      ...(sessionOn ? [] : [{ field: 'day', message: t('reply.came.dayWrong') }]),
    ];
    if (!result || !sessionOn) throw Refusal.invalid(errors);
    const before = (await this.queries.came(actor, id)).find((fact) => fact.sessionOn === sessionOn);
    await this.participation.attend(actor, id, { sessionOn, result });
    return before && before.result !== result ? 'replaced' : 'saved';
  }

  private finish(actor: GroupActor, id: string, sent: Sent, { t }: Speech): Promise<string> {
    const result = choice(finishWords(t), sent['result']);
    const said = note(sent['note'], t);
    const errors = [
      ...(result ? [] : [{ field: 'result', message: t('reply.finish.choose') }]),
      ...(said.problem ? [said.problem] : []),
    ];
    if (!result || errors.length > 0) throw Refusal.invalid(errors);
    return this.participation.complete(actor, id, { result, note: said.note });
  }

  private places(actor: GroupActor, id: string, sent: Sent, speech: Speech): Promise<string> {
    return this.listings
      .setPlaces(actor, id, placesIn(sent, speech), seenIn(sent))
      .catch((error: unknown) => {
        if (!(error instanceof Refusal) || error.code !== 'places-taken') throw error;
        throw Refusal.invalidField(
          'total',
          speech.t('ours.places.taken', { taken: Number(error.extra['taken']) }),
        );
      });
  }

  private async full(actor: GroupActor, id: string, sent: Sent, { t }: Speech): Promise<string> {
    const until = this.fullUntil(sent['until']);
    if (until === null) throw Refusal.invalidField('until', t('reply.full.choose'));
    return this.listings.declareFull(actor, id, { until });
  }

  private fullUntil(weeks = ''): string | null {
    const days = choice(fullFor(english), weeks);
    return days === null ? null : this.daysOn(Number(days));
  }

  private daysOn(days: number): string {
    return addDays(londonDate(this.clock.now()), days);
  }
}

/** How many places there are, as people type it. */
function placesIn(sent: Sent, { t }: Speech): { kind: PlacesKind; total?: number } {
  const kind = choice(
    inWords(PLACES_KINDS, (code) => code),
    sent['kind'],
  );
  if (!kind) throw Refusal.invalidField('kind', t('ours.places.choose'));
  if (kind !== 'counted') return { kind };
  const typed = plainDigits(sent['total'] ?? '').trim();
  const total = /^\d{1,5}$/.test(typed) ? Number(typed) : MOST_PLACES + 1;
  if (total > MOST_PLACES) {
    throw Refusal.invalidField('total', t('ours.places.wrong', { most: MOST_PLACES }));
  }
  return { kind, total };
}
