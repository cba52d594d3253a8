import { ETHNIC_CATEGORIES, SEXES } from '../../clients/client.types.js';
import { AGE_BANDS } from '../../platform/pure/names.js';
import { LANGUAGE_CODE } from '../../platform/words/access.js';
import { isFormula } from '../cell.rules.js';
import { type Checked, type PopulationCount, refusedFor, type RowWarning } from '../import.types.js';
import { tableOf } from './groups.import.js';

const SOURCE = 'Imported numbers of people';
const BANDS = AGE_BANDS.map(({ band }) => band);
/** What stands in official tables where nobody is left out. */
const EVERYBODY = ['', 'all', 'total', 'all ages', 'persons', 'all persons'];
const MOST_PEOPLE = 100_000_000;

/** Numbers of people, a row each, in the words that people here are recorded with. */
export const populations = tableOf<PopulationCount>(SOURCE, {
  name: 'populations',
  describes:
    'numbers of people (CSV: area, age_band, sex, ethnicity, deprivation, language, people, source, year)',
  format: 'csv',
  columns: [
    ['area', 'area code', 'lsoa code', 'neighbourhood'],
    ['age_band', 'age band', 'age'],
    ['sex'],
    ['ethnicity', 'ethnic group', 'ethnic category'],
    ['deprivation', 'deprivation fifth', 'imd quintile'],
    ['language', 'main language'],
    ['people', 'count', 'population', 'observation'],
    ['source'],
    ['year'],
  ],
  key: ({ sourceId }) => sourceId,
  check({ cells }): Checked<PopulationCount> {
    const problems: RowWarning[] = [];
    const cell = (column: string): string => (cells[column] ?? '').trim();
    const wrong = (column: string, reason: string): null => {
      problems.push({ column, reason });
      return null;
    };
    /** One of our words, null for everybody. */
    const one = (column: string, words: readonly string[]): string | null => {
      const given = cell(column);
      if (EVERYBODY.includes(given.toLowerCase())) return null;
      const found = words.find((word) => word.toLowerCase() === given.toLowerCase());
      return found ?? wrong(column, `Leave it empty for everybody, or use one of: ${words.join(', ')}`);
    };
    /** A whole number, as spreadsheets write them. */
    const number = (column: string, least: number, most: number, like: string): number | null => {
      const given = cell(column).replaceAll(/(?<=\d)[, ](?=\d{3}\b)/g, '');
      const found = /^\d+$/.test(given) ? Number(given) : NaN;
      return found >= least && found <= most ? found : wrong(column, `Enter a whole number, like ${like}`);
    };
    const area = cell('area') === '' ? null : cell('area');
    if (area !== null && (isFormula(area) || area.length > 200)) {
      wrong('area', 'Enter a code or a name of an area');
    }
    const ageBand = one('age_band', BANDS);
    const sex = one('sex', SEXES);
    const ethnicity = one('ethnicity', ETHNIC_CATEGORIES);
    const deprivation = one('deprivation', ['1', '2', '3', '4', '5']);
    const spoken = cell('language').toLowerCase();
    if (spoken !== '' && !LANGUAGE_CODE.test(spoken)) {
      wrong('language', 'Leave it empty for everybody, or use a code, like pl');
    }
    const people = number('people', 0, MOST_PEOPLE, '1200');
    const from = cell('source');
    if (from === '' || isFormula(from) || from.length > 200) {
      wrong('source', 'Say where the number comes from, like ONS mid-year estimates');
    }
    const year = number('year', 1991, 2100, '2024');
    if (problems.length > 0 || people === null || year === null) return refusedFor(problems);
    const language = spoken || null;
    const whose = [area, ageBand, sex, ethnicity, deprivation && `fifth ${deprivation}`, language];
    const sourceId = [...whose.filter(Boolean), from, year].join(', ');
    return {
      ok: true,
      value: {
        source: SOURCE,
        sourceId,
        area,
        ageBand,
        sex,
        ethnicity,
        deprivation: deprivation === null ? null : Number(deprivation),
        language,
        people,
        from,
        year,
      },
    };
  },
});
