import type { GroupOnwardView } from '../../onward-referrals/onward.dto.js';
import type { Speech } from '../words/speech.js';

export interface OpenReferral {
  id: string;
  reference: string;
  /** What it asks next, in one sentence. */
  question: string;
  service: string;
  by: string | null;
  weRing: boolean;
  askedOn: string;
}

type Seen = Pick<
  GroupOnwardView,
  | 'id'
  | 'reference'
  | 'step'
  | 'state'
  | 'listing'
  | 'offeredAt'
  | 'answerBy'
  | 'waitingForOurCall'
  | 'inTouchBy'
  | 'inTouchAt'
  | 'pleaseDoNotContact'
  | 'seenAt'
  | 'safetyChangedAt'
  | 'actions'
> & { person: Pick<GroupOnwardView['person'], 'calledBy'> };

/** What one asks next; null where nothing is left to say. Smaller numbers come first. */
function nextQuestion(
  one: Seen,
  { t, day }: Speech,
  called: (name: string) => string,
): { order: number; words: string; by: string | null } | null {
  const { calledBy } = one.person;
  const name = calledBy === null ? t('reply.them') : called(calledBy);
  if (one.step === 'past') return null;
  if (one.state === 'expired') {
    return one.actions.includes('lateYes') ? { order: 3, words: t('reply.title.expired'), by: null } : null;
  }
  if (one.pleaseDoNotContact) {
    return one.seenAt === null ? { order: 0, words: t('reply.ended.heading', { name }), by: null } : null;
  }
  if (one.safetyChangedAt !== null) {
    return { order: 0, words: t('ours.list.safety', { name }), by: null };
  }
  switch (one.state) {
    case 'offered': {
      const by = one.answerBy && t('ours.list.answerBy', { day: day(one.answerBy) });
      return { order: 1, words: t('reply.asked.heading', { name }), by };
    }
    case 'accepted':
    case 'started': {
      if (one.state === 'started' || one.inTouchAt !== null) {
        return { order: 5, words: t('ours.list.came', { name }), by: null };
      }
      const by = one.inTouchBy && t('reply.yes.doBy', { day: day(one.inTouchBy) });
      return { order: 2, words: t('ours.list.inTouch', { name }), by };
    }
    case 'waitlisted':
      return { order: 4, words: t('ours.list.place', { name }), by: null };
    default:
      return null;
  }
}

/**
 * All that still asks something, what is urgent first and, of a kind, what has waited longest. `called`: how each person is
 * named there.
 */
export function openReferrals(
  seen: readonly Seen[],
  speech: Speech,
  called: (name: string) => string = (name) => name,
): OpenReferral[] {
  return seen
    .flatMap((one) => {
      const next = nextQuestion(one, speech, called);
      return next === null ? [] : [{ one, next }];
    })
    .sort((a, b) => a.next.order - b.next.order || a.one.offeredAt.getTime() - b.one.offeredAt.getTime())
    .map(({ one, next }) => ({
      id: one.id,
      reference: one.reference,
      question: next.words,
      service: one.listing.name,
      by: next.by,
      weRing: one.waitingForOurCall,
      askedOn: speech.day(one.offeredAt),
    }));
}

/** "G." for Grace; initials stay what they are. Who it is to those who know, and to nobody else who opens the folder. */
export function initialOf(calledBy: string): string {
  if (calledBy.includes('.')) return calledBy;
  const first = [...new Intl.Segmenter().segment(calledBy.trim())].at(0)?.segment ?? '';
  return `${first.toLocaleUpperCase('en-GB')}.`;
}
