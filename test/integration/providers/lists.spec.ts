import pg from 'pg';
import { CHECKED_LEVELS, REQUIREMENTS } from '../../../src/providers/assurance.types.js';
import { CLAIM_STATES } from '../../../src/providers/claim.types.js';
import { CLOSURE_REASONS } from '../../../src/providers/closure.types.js';
import { CONTENT_TYPES } from '../../../src/platform/files/content.rules.js';
import { EVIDENCE_KINDS } from '../../../src/providers/evidence.types.js';
import {
  COSTS,
  FOR_WHOM,
  LISTING_STATES,
  PLACES_KINDS,
  SETTINGS,
} from '../../../src/providers/listing.types.js';
import {
  ANSWERS_BY,
  LEVELS,
  PRAYER,
  RELIGIOUS_CONTENT,
  SECTORS,
} from '../../../src/providers/provider.types.js';
import { testDatabase, type TestDatabase } from '../../support/test-database.js';

describe('the lists of providers and listings', () => {
  let database: TestDatabase;
  let allowed: Map<string, string[]>;
  beforeAll(async () => {
    database = await testDatabase();
    const client = new pg.Client({ connectionString: database.ownerUrl });
    await client.connect();
    const { rows } = await client.query<{ name: string; text: string }>(
      `select r.relname || '.' || a.attname as name, pg_get_constraintdef(c.oid) as text
         from pg_constraint c join pg_class r on r.oid = c.conrelid
         join pg_attribute a on a.attrelid = r.oid and a.attnum = c.conkey[1]
        where c.contype = 'c' and cardinality(c.conkey) = 1 and r.relname in ('provider', 'listing', 'assurance_record', 'evidence_file', 'provider_closure', 'provider_claim')`,
    );
    await client.end();
    allowed = new Map(
      rows
        .filter(({ text }) => text.includes('ANY (ARRAY['))
        .map(({ name, text }) => [name, [...text.matchAll(/'([a-z_/]+)'::text/g)].map((match) => match[1]!)]),
    );
  });
  afterAll(() => database.drop());

  const LISTS: Record<string, readonly string[]> = {
    'provider.sector': SECTORS,
    'provider.prayer': PRAYER,
    'provider.religious_content': RELIGIOUS_CONTENT,
    'provider.answers_by': ANSWERS_BY,
    'assurance_record.requirement': REQUIREMENTS,
    'assurance_record.level': CHECKED_LEVELS,
    'evidence_file.kind': EVIDENCE_KINDS,
    'evidence_file.content_type': CONTENT_TYPES,
    'provider_closure.reason': CLOSURE_REASONS,
    'provider_claim.state': CLAIM_STATES,
    'listing.state': LISTING_STATES,
    'listing.for_whom': FOR_WHOM,
    'listing.level': LEVELS,
    'listing.setting': SETTINGS,
    'listing.cost': COSTS,
    'listing.places_kind': PLACES_KINDS,
  };

  it.each(Object.entries(LISTS))('%s are the same in the code and in the database', (name, list) => {
    expect(allowed.get(name)?.sort()).toEqual([...list].sort());
  });

  it('are all of them', () => {
    expect([...allowed.keys()].sort()).toEqual(Object.keys(LISTS).sort());
  });
});
