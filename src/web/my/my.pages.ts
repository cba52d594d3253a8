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
import { CHANNELS } from '../../clients/client.types.js';
import { SHARED_ITEMS, type SharedItem } from '../../clients/people-close.types.js';
import { spokenPhone } from '../../platform/pure/phone.js';
import { sayDay } from '../reply/reply.page.js';
import { languageWord } from '../reply/reply.words.js';
import {
  CHANNEL_WORDS,
  GOAL_WORDS,
  ITEM_WORDS,
  KIND_WORDS,
  OCCASION_WORDS,
  OFFERED_LANGUAGES,
  ROLE_WORDS,
  SAFE_WORDS,
  SCOPE_WORDS,
  STEP_WORDS,
  USE_WORDS,
  WHO_WORDS,
} from './my.words.js';

const LONG_DAY = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});
const sayDate = (at: Date | string): string =>
  LONG_DAY.format(typeof at === 'string' ? new Date(`${at}T12:00:00Z`) : at);

const CLOCK = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  hour: 'numeric',
  minute: '2-digit',
  hourCycle: 'h12',
});

/** "Thursday 26 November, 2:30 pm", as read in London. */
const sayWhen = (at: Date): string => `${sayDay(at)}, ${CLOCK.format(at)}`;

export const appointmentPart = (one: PageAppointmentView) => ({
  id: one.id,
  when: sayWhen(one.startsAt),
  kind: KIND_WORDS[one.kind],
  place: one.place,
  minutes: one.minutes,
  interpreter: one.interpreter,
  cancelled: one.cancelled,
});

export const planPart = (plan: PagePlanView) => ({
  goals: plan.goals.map(({ words, status, actions }) => ({
    words,
    status: GOAL_WORDS[status],
    steps: actions.map(({ id, what, who, whoName, dueOn, status: stands, mayTick }) => ({
      id,
      what,
      text: [
        `${whoName ?? WHO_WORDS[who]}: ${what}`,
        ...(dueOn ? [`by ${sayDay(dueOn)}`] : []),
        STEP_WORDS[stands],
      ].join(' – '),
      done: stands === 'done',
      mayTick,
    })),
  })),
  parts: plan.parts,
  reviewOn: plan.reviewOn && sayDay(plan.reviewOn),
});

/** On a page the address begins with the path, wherever the page was reached from. */
export const questionnairePart = ({ occasion, until, address }: PageQuestionnaireView) => ({
  text: OCCASION_WORDS[occasion],
  until: sayDay(until),
  to: new URL(address).pathname,
});

export const agreementPart = (one: PageAgreementView, scheme: string) => ({
  id: one.id,
  who: one.organisation ?? scheme,
  what: one.scope.map((scope) => SCOPE_WORDS[scope]),
  agreedOn: sayDate(one.agreedOn),
  takenBack: one.withdrawnAt && sayDate(one.withdrawnAt),
  mayTakeBack: one.mayTakeBack,
  effects: one.effects,
});

export const storyPart = ({ id, title, words, uses }: PageStoryView) => ({
  id,
  title,
  words,
  uses: uses.map(({ use, until }) => ({ use, text: USE_WORDS[use], until: sayDate(until) })),
});

export const useTicks = (uses: readonly { use: string; text: string }[]) =>
  uses.map(({ use, text }) => ({ name: use, text, checked: false }));

export const supporterPart = ({ id, name, role, shares }: PageSupporterView) => ({
  id,
  name,
  role: ROLE_WORDS[role],
  what: shares.map((item) =>
    ITEM_WORDS[item].toLowerCase().replaceAll('my ', 'your ').replace(' me', ' you'),
  ),
});

/** With a safety flag only what is given now can be ticked: it can be taken away here, and nothing added. */
export const itemTicks = (shares: readonly SharedItem[], flagged: boolean) =>
  SHARED_ITEMS.filter((item) => !flagged || shares.includes(item)).map((item) => ({
    name: item,
    text: ITEM_WORDS[item],
    checked: shares.includes(item),
  }));

const row = (key: string, value: string | null) => ({
  key: { text: key },
  value: { text: value ?? 'We have none' },
});

export const contactPart = ({ phone, email, address, channels, language }: PageContactView) => ({
  rows: [
    row('Phone', phone && spokenPhone(phone)),
    row('E-mail', email),
    row('Address', address),
    ...CHANNELS.map((channel) => row(CHANNEL_WORDS[channel], SAFE_WORDS[channels[channel]])),
  ],
  off: CHANNELS.filter((channel) => channels[channel] === 'yes').map((channel) => ({
    name: `off-${channel}`,
    text: CHANNEL_WORDS[channel],
    checked: false,
  })),
  languages: [...new Set([language, ...OFFERED_LANGUAGES])]
    .map((code) => ({ code, name: languageWord(code), chosen: code === language }))
    .sort((a, b) => a.name.localeCompare(b.name, 'en-GB')),
});

export const messagePart = ({ words, sentAt, supporter }: PageMessageView) => ({
  words,
  supporter,
  when: sayWhen(sentAt),
});
