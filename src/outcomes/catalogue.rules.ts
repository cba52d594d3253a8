import type { FieldProblem } from '../platform/errors/refusal.js';
import { currentMeasure, type Measure, MEASURES } from './measures.catalogue.js';
import { measureFrom, type Definition } from './questionnaire.rules.js';
import type { QuestionnaireState } from './questionnaire.types.js';

/** `asked`: may be asked now. The others may not, and say why. */
export const STANDINGS = ['asked', 'off', 'locked', 'retired', 'from_plan'] as const;
export type Standing = (typeof STANDINGS)[number];

/** A measure as one scheme has it. */
export interface Catalogued {
  measure: Measure;
  standing: Standing;
  /** Why it is not asked; null where it is. */
  because: string | null;
  /** Retired for no other reason than that a later version took its place. */
  replaced: boolean;
  licenceReference: string | null;
}

/** What somebody answered at the start of their episode. */
export interface Started {
  measure: string;
  version: string;
}

export interface Switched {
  measure: string;
  isOn: boolean;
  licenceReference: string | null;
}

export interface OwnVersion {
  measure: string;
  number: number;
  state: Exclude<QuestionnaireState, 'draft'>;
  definition: Definition;
  replaced: boolean;
  retiredBecause: string | null;
}

/** Everything that ships, then what the scheme published itself, each version in order. */
export function catalogueOf(switches: readonly Switched[], own: readonly OwnVersion[]): Catalogued[] {
  return [...MEASURES.map((measure) => shipped(measure, switches)), ...own.map(made)];
}

export const FROM_PLAN =
  'It follows from the plan: say there how far each goal is, and look there how one person’s went';

function shipped(measure: Measure, switches: readonly Switched[]): Catalogued {
  const set = switches.find((one) => one.measure === measure.id);
  const licenceReference = set?.licenceReference ?? null;
  const say = (standing: Standing, because: string | null): Catalogued => ({
    measure,
    standing,
    because,
    replaced: standing === 'retired',
    licenceReference,
  });
  const newest = currentMeasure(measure.id);
  if (newest && newest !== measure) {
    return say('retired', `This version is no longer asked. Use version ${newest.version}`);
  }
  if (measure.fromPlan) return say('from_plan', FROM_PLAN);
  if (measure.until === undefined || set?.isOn) return say('asked', null);
  return measure.until === 'licence'
    ? say('locked', 'A manager has to enter the reference of your own licence for it first')
    : say('off', 'It is switched off in your scheme');
}

const made = ({ measure, number, state, definition, replaced, retiredBecause }: OwnVersion): Catalogued => ({
  measure: measureFrom(measure, number, definition),
  standing: state === 'published' ? 'asked' : 'retired',
  because: state === 'published' ? null : `This version is no longer asked: ${retiredBecause ?? ''}`,
  replaced,
  licenceReference: null,
});

export const findIn = (
  catalogue: readonly Catalogued[],
  id: string,
  version: string,
): Catalogued | undefined =>
  catalogue.find(({ measure }) => measure.id === id && measure.version === version);

/** The version to ask now, else the last that was asked. */
export const newestIn = (catalogue: readonly Catalogued[], id: string): Catalogued | undefined =>
  catalogue.findLast(({ measure }) => measure.id === id);

/**
 * As it is asked of somebody who began with it: a version that was only replaced goes on while its questionnaire is asked
 * at all, since answers to two versions cannot be compared. One that was withdrawn, or switched off, does not.
 */
export const goneOnWith = (catalogue: readonly Catalogued[], found: Catalogued): Catalogued =>
  found.replaced && newestIn(catalogue, found.measure.id)?.standing === 'asked'
    ? { ...found, standing: 'asked', because: null }
    : found;

/** What a scheme asks within one episode: of each questionnaire answered at its start, that version is the one to ask. */
export function forEpisode(catalogue: readonly Catalogued[], started: readonly Started[]): Catalogued[] {
  const same = started.flatMap(({ measure, version }) => {
    const found = findIn(catalogue, measure, version);
    const asked = found && goneOnWith(catalogue, found);
    return asked?.standing === 'asked' ? [asked] : [];
  });
  return [...catalogue.filter((one) => !same.some(({ measure }) => measure === one.measure)), ...same];
}

/**
 * Why this version may not be asked now: unknown, replaced or withdrawn, switched off, or without licence. Null when it
 * may. Answers already given to it stay, and may still be corrected.
 */
export function versionProblem(
  catalogue: readonly Catalogued[],
  id: string,
  version: string,
): FieldProblem | null {
  if (!newestIn(catalogue, id)) return { field: 'measure', message: 'There is no such questionnaire' };
  const found = findIn(catalogue, id, version);
  if (!found) return { field: 'version', message: 'There is no such version of this questionnaire' };
  if (found.because === null) return null;
  return { field: found.standing === 'retired' ? 'version' : 'measure', message: found.because };
}

/** Whether a page may ask it: its words are ours to show, and nobody need be there to hear the answer. */
export const mayBeAskedByLink = ({ measure, standing }: Catalogued): boolean =>
  standing === 'asked' && !measure.withWorker && !measure.withoutWording;
