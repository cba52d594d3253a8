import sql from 'sql-template-tag';
import type { Database } from '../platform/database/database.js';
import type { Tx } from '../platform/database/tx.js';
import {
  type Catalogued,
  catalogueOf,
  type OwnVersion,
  type Started,
  type Switched,
} from './catalogue.rules.js';

export interface CatalogueRow extends Record<string, unknown> {
  switches: Switched[];
  own: OwnVersion[];
}

export const catalogueRow = (schemeId: string) => sql`
  select
    (select coalesce(jsonb_agg(jsonb_build_object('measure', s.measure, 'isOn', s.is_on,
        'licenceReference', s.licence_reference)), '[]')
      from measure_switch s where s.scheme_id = ${schemeId}) as switches,
    (select coalesce(jsonb_agg(jsonb_build_object('measure', q.measure, 'number', q.number, 'state', q.state,
        'definition', q.definition, 'replaced', exists (select 1 from questionnaire n
            where n.scheme_id = q.scheme_id and n.measure = q.measure and n.number > q.number
              and n.published_at = q.retired_at), 'retiredBecause', q.retired_because) order by q.measure, q.number), '[]')
      from questionnaire q where q.scheme_id = ${schemeId} and q.state <> 'draft') as own`;

/** What a scheme asks, and asked. About questions, not people. */
export async function readCatalogue(database: Database, schemeId: string): Promise<Catalogued[]> {
  const [row] = await database.read<CatalogueRow>(schemeId, catalogueRow(schemeId));
  return catalogueOf(row?.switches ?? [], row?.own ?? []);
}

export async function catalogueWithin(tx: Tx): Promise<Catalogued[]> {
  const { switches, own } = await tx.one<CatalogueRow>(catalogueRow(tx.schemeId));
  return catalogueOf(switches, own);
}

/** The version of each questionnaire that a referral began with. */
export const startedWithin = (tx: Tx, referralId: string): Promise<Started[]> =>
  tx.rows<Started & Record<string, unknown>>(sql`
    select measure, measure_version as version from measure_response
    where scheme_id = ${tx.schemeId} and referral_id = ${referralId} and occasion = 'baseline'
      and superseded_at is null
    order by measure`);
