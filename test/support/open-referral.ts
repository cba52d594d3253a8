import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { sharedData } from './shared-data.js';

const BASE = 'https://openreferraluk.org/specifications/3.0/schema/';

/** The official schemas of Open Referral UK 3.0; null where this machine has no copy. */
export function openReferralSchemas(): ((name: string, value: unknown) => ErrorObject[]) | null {
  const folder = sharedData('oruk/schema');
  if (folder === null) return null;
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  for (const file of readdirSync(folder)) {
    const schema = JSON.parse(readFileSync(join(folder, file), 'utf8')) as object;
    ajv.addSchema(schema, `${BASE}${file}`);
  }
  return (name, value) => {
    const validate = ajv.getSchema(`${BASE}${name}.json`);
    if (!validate) throw new Error(`There is no schema ${name}`);
    return validate(value) ? [] : [...(validate.errors ?? [])];
  };
}
