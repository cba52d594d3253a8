import type { FieldProblem } from '../platform/errors/refusal.js';
import type { AssetRow } from './asset.types.js';

/** What an asset still lacks before it is on the map: a place in life, and a place or a community that it belongs to. */
export function mapProblems(
  asset: Pick<AssetRow, 'domains' | 'neighbourhoodId' | 'community'>,
): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (asset.domains.length === 0) {
    problems.push({
      field: 'domains',
      message: 'Choose where in life it helps: start, be, stay or age well',
    });
  }
  if (asset.neighbourhoodId === null && asset.community === null) {
    problems.push({
      field: 'neighbourhoodId',
      message: 'Say which neighbourhood or community it belongs to',
    });
  }
  return problems;
}
