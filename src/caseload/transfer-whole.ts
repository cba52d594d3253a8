import sql, { type Sql } from 'sql-template-tag';
import { CLIENT_COLUMNS, type ClientRow } from '../clients/client-rows.js';
import type { Need } from '../platform/words/needs.js';
import type { PlanContent } from './plan.types.js';
import type { Whole } from './transfer.rules.js';

export interface WholeRow extends Record<string, unknown> {
  client_id: string;
  person: Record<string, unknown>;
  practice: string | null;
  needs: Need[];
  reasonNote: string | null;
  note: string | null;
  risks: string[];
  noKnownRisks: boolean;
  riskNote: string | null;
  plan: PlanContent | null;
  contacts: { on: string; kind: string; outcome: string }[];
}

/** All of a referral `r` that could travel. Notes of contacts, restricted sections and safeguarding never do. */
export const wholeOf = (within: Sql): Sql => sql`
  select r.client_id, (select to_jsonb(p) from (select ${CLIENT_COLUMNS}) p) as person, (
      select o.name from gp_registration g
      join organisation o on o.scheme_id = g.scheme_id and o.id = g.organisation_id
      where g.scheme_id = c.scheme_id and g.client_id = c.id and g.ends_on is null) as practice,
    r.reasons as needs, r.reason_note as "reasonNote", r.note, r.risks, r.no_known_risks as "noKnownRisks",
    r.risk_note as "riskNote", (
      select v.content from plan p
      join plan_version v on v.scheme_id = p.scheme_id and v.plan_id = p.id and v.number = p.version
      where p.scheme_id = r.scheme_id and p.referral_id = r.id) as plan,
    coalesce((
      select jsonb_agg(jsonb_build_object('on', (k.at at time zone 'Europe/London')::date, 'kind', k.kind,
        'outcome', k.outcome) order by k.at, k.id)
      from contact k where k.scheme_id = r.scheme_id and k.referral_id = r.id), '[]') as contacts
  from referral r join client c on c.scheme_id = r.scheme_id and c.id = r.client_id
  where ${within}`;

export const wholeFrom = (row: WholeRow): Whole => ({
  person: row.person as unknown as ClientRow,
  practice: row.practice,
  needs: row.needs,
  reasons: { reasonNote: row.reasonNote, note: row.note },
  risks: { risks: row.risks, noKnownRisks: row.noKnownRisks, riskNote: row.riskNote },
  plan: row.plan,
  contacts: row.contacts,
});
