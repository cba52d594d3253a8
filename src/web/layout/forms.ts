import type { FastifyReply, FastifyRequest } from 'fastify';
import { toRefusal } from '../../platform/errors/error.filter.js';
import { type FieldProblem, Refusal } from '../../platform/errors/refusal.js';
import { fieldOf } from '../../platform/http/fields.js';
import { claimRequest } from '../../platform/http/request-context.js';
import { validated } from '../../platform/http/validation.js';
import { canonicalJson, sha256 } from '../../platform/pure/hash.js';
import { newId } from '../../platform/pure/ids.js';
import { ASKED } from '../words/choice.js';
import { say, sayAgain } from '../words/staff/staff-words.js';
import { seeOther } from './see-other.js';
import { shapeOf } from './shape-of.js';

/** Names that forms carry beside their answers. */
export const KEY = '_key';
const VERSION = '_version';
/** What was kept when a session ran out, and is gone on with; it is deleted once the form is done. */
export const KEPT = '_kept';
/** To be shown again, and not done yet. */
const AGAIN = '_again';

/** Set where a form goes on with what was kept. */
export interface FormRequest {
  dropKept?: () => Promise<unknown>;
}

export type Changed = string | readonly string[];

/** The few words that the parts of forms say by themselves, on a page that is there in every language. */
interface FormWords {
  yes: string;
  no: string;
  day: string;
  month: string;
  year: string;
  error: string;
  missing: readonly string[];
}

/** A form as a page shows it: what was typed, what is wrong with it, and what makes a second click harmless. */
export interface Form {
  key: string;
  version: string;
  /** Of what was kept when a session ran out; empty otherwise. */
  kept: string;
  /** Shown again as it was typed, and nothing done yet. */
  again: boolean;
  values: Record<string, string | string[]>;
  wrong: Record<string, string>;
  errors: { text: string; href: string }[];
  /** Why it was not done, where no single answer is to blame. */
  notice: string | null;
  /** The refusal's own code and details, for a page that can offer a way on. */
  refusal: { code: string; details: Record<string, unknown> } | null;
  /** On a page that is there in every language: what its parts say there. */
  said?: FormWords;
  /** What somebody else changed while this was filled in, one or any of several things; null where nobody did. */
  changedId: Changed | null;
  status: number;
}

/** An empty form, or one that starts with what is known. */
export const newForm = (values: Form['values'] = {}, version = 0): Form => ({
  key: newId(),
  version: String(version),
  kept: '',
  again: false,
  values,
  wrong: {},
  errors: [],
  notice: null,
  refusal: null,
  changedId: null,
  status: 200,
});

/** What a browser sent: texts, or lists of them, by name. Anything else was not sent by our forms. */
export function sent(body: unknown): Form['values'] {
  if (typeof body !== 'object' || body === null) return {};
  return Object.fromEntries(
    Object.entries(body).filter(
      (entry): entry is [string, string | string[]] =>
        !entry[0].startsWith('_') &&
        (typeof entry[1] === 'string' ||
          (Array.isArray(entry[1]) && entry[1].every((one) => typeof one === 'string'))),
    ),
  );
}

/** A form that came too late, now of the version it would change: whoever sends it again has seen both. */
export const overtaken = (form: Form, { id, version }: { id: Changed; version: number }): Form =>
  form.status === 412 ? { ...form, version: String(version), changedId: id } : form;

/** A form about one thing that people change: new, it carries the version that is shown beside it. */
export const ofVersion = (form: Form, thing: { id: Changed; version: number }): Form =>
  form.status === 412 || Number(form.version) > 0
    ? overtaken(form, thing)
    : { ...form, version: String(thing.version) };

/** A conflict that is about one answer, said beside it. */
export const besideField = (form: Form, code: string, field: string): Form =>
  form.refusal?.code === code && form.notice !== null
    ? {
        ...form,
        notice: null,
        wrong: { [field]: form.notice },
        errors: [{ text: form.notice, href: `#${field}` }],
      }
    : form;

/** What a form carries beside its answers; nothing where it does not. */
export const hidden = (body: unknown, name: string): string => {
  const value = (body as Record<string, unknown> | null)?.[name];
  return typeof value === 'string' ? value : '';
};

/** The version the form was filled in from, for whatever refuses a stale change. */
export const versionIn = (body: unknown): number => Number(hidden(body, VERSION)) || 0;

/** The same for what can also be done without having looked. */
export const seenIn = (body: unknown): number | undefined => versionIn(body) || undefined;

/**
 * The answers as the input that the API takes, by the rules the API has. Whatever is left empty is not answered; dates
 * come in three boxes, lists as boxes ticked, yes and no as words.
 */
export const readForm = <Input extends object>(type: new () => Input, body: unknown): Promise<Input> =>
  validated(type, shapeOf(type, sent(body)));

/** The same as a change of what is there: a box that was emptied takes its answer away, or is wrong where one must be. */
export const readChange = <Input extends object>(type: new () => Input, body: unknown): Promise<Input> =>
  validated(type, changeOf(type, sent(body)));

/** What a change gives anew, before anything of it is checked. */
export function changeOf(type: new () => object, texts: Form['values']): Record<string, unknown> {
  const input = shapeOf(type, texts);
  for (const name of Object.keys(texts).map((path) => path.split('.', 1)[0] ?? '')) {
    const field = fieldOf(type, name);
    if (field && !(name in input)) input[name] = field.isArray ? [] : field.nullable ? null : '';
  }
  return input;
}

/** Asks any page for itself without what is around it, for paper. */
export const PRINT = 'print';
/** Asks a list for all of it on one page, and for all of it as a file. */
export const ALL = 'all';
export const FILE = 'file';
const NOT_ASKED_OF_A_SERVICE: readonly string[] = [PRINT, ALL, FILE, ASKED];

/** What a page is asked for by its address; a filter left empty is not asked for. */
export const readQuery = <Query extends object>(type: new () => Query, query: unknown): Promise<Query> =>
  validated(
    type,
    Object.fromEntries(
      Object.entries(sent(query)).filter(
        ([name, value]) => value !== '' && !NOT_ASKED_OF_A_SERVICE.includes(name),
      ),
    ),
  );

/** Answers as they were typed, with what is wrong with them; anything but a wrong answer goes its usual way. */
export function wrongForm(error: unknown, typed: unknown): Form {
  if (!(error instanceof Refusal) || error.status !== 422) throw error;
  return refused(error, typed);
}

/** The address of the page after this one, under the same filters; with nothing to come after, of the first. */
export function nextPage(address: string, query: unknown, after: string): string {
  const filters = Object.entries(sent(query)).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  );
  const kept = new URLSearchParams(
    [...filters.filter(([name]) => name !== 'after'), ['after', after]].filter(([, value]) => value !== ''),
  );
  return kept.size === 0 ? address : `${address}?${kept.toString()}`;
}

/**
 * Rows of a form (`schedule.0.day`) one below the other again: those in which nothing is said go to the end, so that what is
 * wrong stands beside the row that it is about. `unsaid` names answers that a list gives though nobody chose.
 */
export function rowsTogether(body: unknown, name: string, unsaid: readonly string[]): Form['values'] {
  const texts = Object.entries(body as Form['values']);
  const row = new RegExp(`^${name}\\.(\\d{1,3})\\.(.+)$`);
  const others = texts.filter(([key]) => !row.test(key));
  const found = new Map<number, [string, string | string[]][]>();
  for (const [key, value] of texts) {
    const [, number, field = ''] = row.exec(key) ?? [];
    if (number !== undefined)
      found.set(Number(number), [...(found.get(Number(number)) ?? []), [field, value]]);
  }
  const says = (one: [string, string | string[]][]) =>
    one.some(([field, value]) => !unsaid.includes(field) && value !== '');
  const inOrder = [...found].sort(([one], [other]) => one - other).map(([, one]) => one);
  const rows = [
    ...inOrder.filter(says),
    ...inOrder.filter((one) => !says(one)).map((one) => one.map(([field]) => [field, ''] as const)),
  ];
  return Object.fromEntries([
    ...others,
    ...rows.flatMap((one, index) =>
      one.map(([field, value]) => [`${name}.${String(index)}.${field}`, value] as const),
    ),
  ]);
}

/** Whether a form is to be shown again as it was typed, and nothing else done. */
export const asksAgain = (body: unknown): boolean => hidden(body, AGAIN) !== '';

/** What a form says, to be looked at once more on the way: it goes on with what it went on with, and comes back with it. */
export const lookedAt = (body: unknown): Form => ({
  ...newForm(sent(body), versionIn(body)),
  kept: hidden(body, KEPT),
});

export const shownAgain = (body: unknown): Form => ({
  ...newForm(sent(body)),
  version: hidden(body, VERSION),
  kept: hidden(body, KEPT),
  again: true,
});

/** From here on this form is done once, however often it is sent. Without what is hidden: its token differs from page to page. */
export function doneOnce(request: FastifyRequest, body: unknown): void {
  const key = hidden(body, KEY);
  if (/^[\w-]{1,64}$/.test(key)) claimRequest(request, key, sent(body));
}

/** The same where each answer counts, also another one from the same page, as after going back. */
export function eachDoneOnce(request: FastifyRequest, body: unknown): void {
  const [key, answers] = [hidden(body, KEY), sent(body)];
  if (key !== '') claimRequest(request, sha256(canonicalJson([key, answers])), answers);
}

/** Of a form that was sent before and says something else now, as after going back. */
export const SENT_BEFORE = 'idempotency-key-reused';

/**
 * Does what a form asks for, once however often it is sent, and leads on; or shows it again with all that was typed and
 * the reason beside it. Refusals that have nothing to do with the form go their usual way. Work that has answered with a page
 * of its own leads nowhere.
 */
export async function take(
  reply: FastifyReply,
  work: (body: unknown) => Promise<string | null>,
  again: (form: Form) => Promise<void>,
): Promise<void> {
  const request: FastifyRequest & FormRequest = reply.request;
  const { body } = request;
  if (asksAgain(body)) {
    await again(shownAgain(body));
    return;
  }
  doneOnce(request, body);
  let to: string | null;
  try {
    to = await work(body);
    await request.dropKept?.().catch(unlessGone);
  } catch (error) {
    const refusal = toRefusal(error);
    if (!refusal || ![409, 412, 422].includes(refusal.status)) throw error;
    await again(refused(refusal, body));
    return;
  }
  if (to !== null) await seeOther(reply, to);
}

/**
 * What a form says, for a page that shows it once more before anything is done; null where the form was shown again, as it
 * asked to be or with what is wrong in it.
 */
export async function checked<Said>(
  { request: { body } }: FastifyReply,
  read: (body: unknown) => Promise<Said>,
  again: (form: Form) => Promise<void>,
): Promise<Said | null> {
  if (asksAgain(body)) {
    await again(shownAgain(body));
    return null;
  }
  try {
    return await read(body);
  } catch (error) {
    await again(wrongForm(error, body));
    return null;
  }
}

/** Thrown away in another tab, or a week old by now. */
function unlessGone(error: unknown): void {
  if (!(error instanceof Refusal) || error.status !== 404) throw error;
}

/** What the API says to programs, as people read it beside a box. */
const FOR_PEOPLE: Record<string, string> = {
  'Enter text': 'Enter an answer',
  'Give a list': 'Select at least one',
  'Give a list of ids': 'Select at least one',
  'Enter an id': 'Select from the list',
  'Use 1 to 5 plain characters for each': 'Use the first part of a postcode for each, like CO15',
  'Enter a real date, like 2026-11-21': 'Enter a real date, like 15 3 1984',
  'Answer true or false': 'Select yes or no',
  'Choose at least one reason': 'Select at least one thing they want help with',
  'The date of birth cannot be in the future': 'Date of birth must be in the past',
};

const NO_DATE = 'Enter a date';
/** One box of three was left empty: said by its name, since the others are right as far as they go. */
const LEFT_OUT = { day: 'Include a day', month: 'Include a month', year: 'Include a year' } as const;

/** Says that an answer is missing, and not which. */
export const MISSING: ReadonlySet<string> = new Set([
  'Select an answer',
  NO_DATE,
  ...Object.values(LEFT_OUT),
  ...Object.values(FOR_PEOPLE).filter((text) => !/like|thing|birth/.test(text)),
]);

/**
 * What is wrong with the answer `name`, for a box that is called `label`: a reason that would say the same of any box is told with
 * what it asks for, here and in the summary above; `own` where a form says that better.
 */
export function faultNamed(
  { wrong, errors = [], said: words }: Pick<Form, 'wrong'> & Partial<Form>,
  name: string,
  label: string,
  own?: string,
): string {
  const said = wrong[name] ?? '';
  const missing = words?.missing ?? [...MISSING].map((one) => sayAgain(one));
  if (!missing.includes(said)) return said;
  const whole =
    own ??
    (/[?.!؟]$/.test(label)
      ? `${label} ${said}`
      : `${label}: ${said.charAt(0).toLowerCase()}${said.slice(1)}`);
  wrong[name] = whole;
  for (const error of errors) if (error.href === `#${name}`) error.text = whole;
  return whole;
}

/** The API names the codes it knows; whoever sees a form sees their words there. */
const inWords = ({ field, message }: FieldProblem): FieldProblem => ({
  field,
  message: sayAgain(
    message.startsWith('Choose one of: ')
      ? 'Select an answer'
      : message.startsWith('Choose from: ')
        ? 'Select from the list'
        : (FOR_PEOPLE[message] ?? message),
  ),
});

/** Three empty boxes are no wrong date, but none; of one that is empty it is said which. */
function ofDate({ field, message }: FieldProblem, typed: Form['values']): string {
  if (message !== sayAgain(FOR_PEOPLE['Enter a real date, like 2026-11-21'] ?? '')) return message;
  if (typed[field]) return message;
  const empty = (Object.keys(LEFT_OUT) as (keyof typeof LEFT_OUT)[]).filter(
    (part) => !String(typed[`${field}.${part}`] ?? '').trim(),
  );
  const [one] = empty;
  if (empty.length === 3) return sayAgain(NO_DATE);
  return empty.length === 1 && one ? sayAgain(LEFT_OUT[one]) : message;
}

const because = ({ code, message }: Refusal): string =>
  code === SENT_BEFORE
    ? say('This was sent already, as it was then. To send it as it stands here as well, send it once more.')
    : sayAgain(message);

function refused(refusal: Refusal, body: unknown): Form {
  const typed = sent(body);
  const problems = ((refusal.extra['errors'] as FieldProblem[] | undefined) ?? [])
    .map(inWords)
    .map((problem) => ({ ...problem, message: ofDate(problem, typed) }));
  return {
    // A key stands for one set of answers, and these will change.
    ...newForm(typed),
    version: hidden(body, VERSION),
    kept: hidden(body, KEPT),
    wrong: Object.fromEntries(problems.map(({ field, message }) => [field, message])),
    errors: problems.map(({ field, message }) => ({ text: message, href: `#${field}` })),
    notice: problems.length === 0 ? because(refusal) : null,
    refusal: { code: refusal.code, details: refusal.extra },
    status: refusal.status,
  };
}
