import type { ListedAsset } from '../../assets/asset-import.js';
import {
  ASSET_KINDS,
  LIVE_WELL_DOMAINS,
  type AssetKind,
  type LiveWellDomain,
} from '../../assets/asset.types.js';
import { normaliseName } from '../../platform/pure/names.js';
import { normalisePostcode } from '../../platform/pure/postcode.js';
import { isFormula, nameIn, wordsOf } from '../cell.rules.js';
import type { Checked } from '../import.types.js';
import { tableOf } from './groups.import.js';

const SOURCE = 'Imported list of assets';
const LONGEST = {
  name: 200,
  description: 4000,
  community: 120,
  how_to_join: 1000,
  address: 300,
} as const;

/** As people write it in a sheet: "Age well" is age_well. */
const word = (cell: string): string =>
  cell
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_');

const refused = (column: string, reason: string): Checked<ListedAsset> => ({ ok: false, column, reason });

/** What is strong, a row each; a name with its postcode or neighbourhood tells one from another. */
export const assets = tableOf<ListedAsset>(SOURCE, {
  name: 'assets',
  describes:
    'assets of a scheme (CSV: name, description, kind, domains, neighbourhood, community, takes_referrals, how_to_join, address, postcode)',
  format: 'csv',
  columns: [
    ['name'],
    ['description'],
    ['kind'],
    ['domains', 'live_well', 'domain'],
    ['neighbourhood'],
    ['community'],
    ['takes_referrals'],
    ['how_to_join'],
    ['address'],
    ['postcode'],
  ],
  key: ({ sourceId }) => sourceId,
  check({ cells }) {
    const cell = (column: string): string => cells[column] ?? '';
    const named = nameIn(cell('name'), 'name');
    if ('reason' in named) return refused('name', named.reason);
    const { name } = named;
    if (cell('description') === '') return refused('description', 'Give a description');
    if (isFormula(cell('description'))) {
      return refused('description', 'A formula, not a description. Write the words themselves');
    }
    for (const [column, most] of Object.entries(LONGEST)) {
      if (cell(column).length > most) return refused(column, `Use ${String(most)} characters or fewer`);
    }
    const kind = word(cell('kind'));
    if (!isOneOf(ASSET_KINDS, kind)) return refused('kind', `Use one of ${ASSET_KINDS.join(', ')}`);
    const domains = cell('domains').split(/[;,]/).map(word).filter(Boolean);
    if (!domains.every((domain) => isOneOf(LIVE_WELL_DOMAINS, domain))) {
      return refused('domains', `Use ${LIVE_WELL_DOMAINS.join(', ')}, with a semicolon between them`);
    }
    const takes = word(cell('takes_referrals'));
    if (!['', 'yes', 'no'].includes(takes)) return refused('takes_referrals', 'Say yes or no');
    const postcode = normalisePostcode(cell('postcode'));
    if (cell('postcode') !== '' && postcode === null) return refused('postcode', 'Not a postcode');
    const neighbourhood = cell('neighbourhood') || null;
    const warnings = [...named.warnings];
    const words = (column: string): string | null => wordsOf(cell(column), column, warnings) || null;
    const [community, howToJoin, address] = [words('community'), words('how_to_join'), words('address')];
    return {
      ok: true,
      warnings,
      value: {
        source: SOURCE,
        sourceId: `${normaliseName(name)}|${postcode ?? (neighbourhood ?? '').toLowerCase()}`,
        name,
        description: cell('description'),
        kind: kind as AssetKind,
        domains: [...new Set(domains)] as LiveWellDomain[],
        neighbourhood,
        community,
        takesReferrals: takes === 'yes',
        howToJoin,
        address,
        postcode,
      },
    };
  },
});

const isOneOf = (words: readonly string[], given: string): boolean => words.includes(given);
