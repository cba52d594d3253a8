import { importPractices, type PracticeRow } from '../../identity/organisation-import.js';
import { normaliseUkPhone } from '../../platform/pure/phone.js';
import { normalisePostcode } from '../../platform/pure/postcode.js';
import type { ImportKind } from '../import.types.js';

/** A letter and five digits in every code seen so far; newer ones may differ, so the form is only loosely asked for. */
const ODS_CODE = /^[A-Z][A-Z0-9]{2,9}$/;
const LAST_POSTCODE = /([A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})\s*$/i;

/** GP practices as the Organisation Data Service lists them (Open Government Licence v3.0), one record a practice. */
export const practices: ImportKind<PracticeRow> = {
  name: 'practices',
  describes:
    'GP practices of a scheme (JSON list: organisation_code, name, address, contact_telephone_number)',
  scoped: true,
  format: 'json',
  columns: [['organisation_code'], ['name'], ['address'], ['contact_telephone_number']],
  check({ cells }) {
    const odsCode = (cells['organisation_code'] ?? '').toUpperCase();
    const name = cells['name'] ?? '';
    const address = cells['address'] ?? '';
    if (!ODS_CODE.test(odsCode))
      return { ok: false, column: 'organisation_code', reason: 'Not an ODS code, like F81011' };
    if (name === '' || name.length > 200) {
      return { ok: false, column: 'name', reason: 'Give a name of 1 to 200 characters' };
    }
    if (address.length > 500) return { ok: false, column: 'address', reason: 'Use 500 characters or fewer' };
    return {
      ok: true,
      value: {
        odsCode,
        name,
        address: address || null,
        postcode: normalisePostcode(LAST_POSTCODE.exec(address)?.[1] ?? ''),
        // A number that cannot be rung is left out rather than refusing the practice.
        phone: normaliseUkPhone(cells['contact_telephone_number'] ?? ''),
      },
    };
  },
  key: ({ odsCode }) => odsCode,
  async apply(tx, values) {
    const written = await importPractices(tx, values);
    return { ...written, same: values.length - written.added - written.changed };
  },
};
