import type {
  PageAgreementView,
  PageAppointmentView,
  PageContactView,
  PageMessageView,
  PagePlanView,
  PageQuestionnaireView,
  PageStoryView,
  PageSupporterView,
} from '../../client-page/page.dto.js';
import type { SentGroup } from '../../client-page/sent-groups.queries.js';
import type { AgreementScope } from '../../clients/agreement.types.js';
import { CHANNELS } from '../../clients/client.types.js';
import { SHARED_ITEMS, type SharedItem } from '../../clients/people-close.types.js';
import { spokenPhone } from '../../platform/pure/phone.js';
import { cardOf } from '../public/public.words.js';
import type { Block, Letter } from '../paper/letter.rules.js';
import type { Key, Speech } from '../words/speech.js';
import { OFFERED_LANGUAGES } from './my.words.js';

export const appointmentPart = (one: PageAppointmentView, { moment, t }: Speech) => ({
  id: one.id,
  when: moment(one.startsAt),
  kind: t(`my.kind.${one.kind}`),
  place: one.place,
  minutes: one.minutes,
  interpreter: one.interpreter,
  cancelled: one.cancelled,
});

export const planPart = (plan: Omit<PagePlanView, 'sharedAt'>, { day, t }: Speech) => ({
  goals: plan.goals.map(({ words, status, actions }) => ({
    words,
    status: t(`my.goal.${status}`),
    over: status === 'reached' || status === 'no_longer_wanted',
    steps: actions.map(({ id, what, who, whoName, dueOn, status: stands, mayTick }) => ({
      id,
      what,
      text: [
        t('my.plan.step', { who: whoName ?? t(`my.who.${who}`), what }),
        ...(dueOn ? [t('my.plan.by', { day: day(dueOn) })] : []),
        t(`my.stepStatus.${stands}`),
      ].join(' – '),
      done: stands === 'done',
      mayTick,
    })),
  })),
  parts: plan.parts.map(({ part, text }) => ({ heading: t(`my.planPart.${part}`), text })),
  reviewOn: plan.reviewOn && day(plan.reviewOn),
});

/** A goal with those of its steps that nobody has done yet. */
export const stillToDo = (goal: ReturnType<typeof planPart>['goals'][number]) => ({
  ...goal,
  steps: goal.steps.filter(({ done }) => !done),
});

/** What the page of the plan says, in the same words. */
export const planLetter = (plan: ReturnType<typeof planPart>, title: string, { t }: Speech): Letter => ({
  title,
  blocks: [
    ...plan.goals.flatMap(({ words, status, steps }): Block[] => [
      { heading: words },
      { text: status },
      ...(steps.length > 0 ? [{ list: steps.map(({ text }) => text) }] : []),
    ]),
    ...plan.parts.flatMap(({ heading, text }): Block[] => [{ heading }, { text }]),
    ...(plan.reviewOn ? [{ text: t('my.plan.review', { day: plan.reviewOn }) }] : []),
  ],
});

/** On a page the address begins with the path, wherever the page was reached from. */
export const questionnairePart = (
  { occasion, until, address }: PageQuestionnaireView,
  { day, t }: Speech,
) => ({
  text: t(`my.occasion.${occasion}`),
  until: day(until),
  to: new URL(address).pathname,
});

export const agreementPart = (one: PageAgreementView, scheme: string, speech: Speech) => ({
  id: one.id,
  who: one.organisation ?? scheme,
  what: one.scope.map((scope) => speech.t(`my.scope.${scope}`)),
  agreedOn: speech.date(one.agreedOn),
  takenBack: one.withdrawnAt && speech.date(one.withdrawnAt),
  mayTakeBack: one.mayTakeBack,
  effects: one.mayTakeBack ? effectsInWords(one, speech.t) : [],
});

/** What happens at once, as the product's own rule has it, for whoever is asked to confirm it. */
export function effectsInWords(
  { scope, organisation, placeEnds }: Pick<PageAgreementView, 'scope' | 'organisation' | 'placeEnds'>,
  t: Speech['t'],
): string[] {
  const ofScope = (one: AgreementScope): Key =>
    organisation === null || one === 'scheme_support'
      ? `my.takeBack.scheme.${one}`
      : `my.takeBack.group.${one}`;
  return [
    ...scope.map((one) => t(ofScope(one))),
    ...(organisation === null && scope.includes('scheme_support') ? [t('my.takeBack.groupsAreTold')] : []),
    ...(organisation !== null && placeEnds ? [t('my.takeBack.placeEnds', { group: organisation })] : []),
    t('my.takeBack.staysKnown'),
    t('my.takeBack.careStays'),
  ];
}

export const storyPart = ({ id, title, words, uses }: PageStoryView, { date, t }: Speech) => ({
  id,
  title,
  words,
  uses: uses.map(({ use, until }) => ({ use, text: t(`my.storyUse.${use}`), until: date(until) })),
});

export const useTicks = (uses: readonly { use: string; text: string }[]) =>
  uses.map(({ use, text }) => ({ name: use, text, checked: false }));

export const supporterPart = ({ id, name, role, shares }: PageSupporterView, { t }: Speech) => ({
  id,
  name,
  role: t(`my.role.${role}`),
  what: shares.map((item) => t(`my.itemTheirs.${item}`)),
});

/** With a safety flag only what is given now can be ticked: it can be taken away here, and nothing added. */
export const itemTicks = (shares: readonly SharedItem[], flagged: boolean, { t }: Speech) =>
  SHARED_ITEMS.filter((item) => !flagged || shares.includes(item)).map((item) => ({
    name: item,
    text: t(`my.item.${item}`),
    checked: shares.includes(item),
  }));

/** `typed` is what stands in the form by now. */
export const contactPart = (
  view: PageContactView,
  typed: Record<string, string>,
  { apart, language: page, nameOf, t }: Speech,
) => {
  const { phone, email, address, channels, language } = view;
  const chosen = typed['language'] ?? language;
  const row = (key: Key, value: string | null) => ({
    key: { text: t(key) },
    value: { text: value === null ? t('my.contact.none') : apart(value) },
  });
  return {
    rows: [
      row('my.contact.phone', phone && spokenPhone(phone)),
      row('my.contact.email', email),
      row('my.contact.address', address),
      ...CHANNELS.map((channel) => row(`my.channel.${channel}`, t(`my.safe.${channels[channel]}`))),
    ],
    off: CHANNELS.filter((channel) => channels[channel] === 'yes').map((channel) => ({
      name: `off-${channel}`,
      text: t(`my.channel.${channel}`),
      checked: typed[`off-${channel}`] === 'yes',
    })),
    languages: [...new Set([language, ...OFFERED_LANGUAGES])]
      .map((code) => ({ code, name: nameOf(code), chosen: code === chosen }))
      .sort((a, b) => a.name.localeCompare(b.name, page)),
  };
};

/** What stands there by now, for whoever wanted to put something in its place. */
export const overtakenBy = (
  { language, reachNote }: PageContactView,
  { apart, nameOf, t }: Speech,
): string => {
  const now = [
    `${t('my.contact.language')} – ${nameOf(language)}`,
    `${t('my.contact.mind')} – ${reachNote === null ? t('ownData.none') : apart(reachNote)}`,
  ];
  return t('service.overtaken', { now: `${now.join('; ')}.` });
};

/** As it was published when it was sent; of what is not for everybody any more the name alone. */
export const groupPart = ({ id, name, told, sentAt, asked, answer }: SentGroup, speech: Speech) => ({
  id,
  name,
  card: told && cardOf({ ...told, miles: null }, speech),
  where: [told?.address, told?.postcode].filter(Boolean).join(' '),
  sent: speech.t('my.groups.sent', { day: speech.date(sentAt) }),
  asked,
  answer,
});

export const messagePart = ({ words, sentAt, supporter }: PageMessageView, { moment }: Speech) => ({
  words,
  supporter,
  when: moment(sentAt),
});
