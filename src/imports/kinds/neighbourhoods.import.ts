import { importNeighbourhoods, type NeighbourhoodArea } from '../../assets/neighbourhood-import.js';
import { normaliseOutward } from '../../platform/pure/postcode.js';
import type { ImportKind } from '../import.types.js';

/** A scheme's neighbourhoods, a row for each LSOA or postcode district: what it is called and which one it belongs to. */
export const neighbourhoods: ImportKind<NeighbourhoodArea> = {
  name: 'neighbourhoods',
  describes:
    'neighbourhoods of a scheme (CSV: neighbourhood, pcn_code, area: an LSOA or a postcode district)',
  scoped: true,
  format: 'csv',
  columns: [
    ['neighbourhood', 'name', 'pcn_name'],
    ['pcn_code', 'pcn'],
    ['area', 'lsoa21', 'lsoa21cd', 'lsoa', 'district', 'outcode'],
  ],
  check({ cells }) {
    const neighbourhood = cells['neighbourhood'] ?? '';
    const pcnCode = (cells['pcn_code'] ?? '').toUpperCase();
    const area = cells['area'] ?? '';
    const code = /^[EW]01\d{6}$/i.test(area) ? area.toUpperCase() : normaliseOutward(area);
    if (neighbourhood === '' || neighbourhood.length > 200) {
      return { ok: false, column: 'neighbourhood', reason: 'Give a name of 1 to 200 characters' };
    }
    if (!/^(U\d{5})?$/.test(pcnCode)) {
      return { ok: false, column: 'pcn_code', reason: 'Not the code of a primary care network, like U12345' };
    }
    if (code === null) {
      return {
        ok: false,
        column: 'area',
        reason: 'Neither an LSOA, like E01021988, nor a postcode district, like CO15',
      };
    }
    return { ok: true, value: { neighbourhood, pcnCode: pcnCode || null, code } };
  },
  key: ({ code }) => code,
  async apply(tx, values, edition) {
    const written = await importNeighbourhoods(tx, values, edition);
    return { ...written, same: values.length - written.added - written.changed };
  },
};
