import sql, { join, raw } from 'sql-template-tag';
import type { Tx } from '../platform/database/tx.js';

export type Row = Record<string, unknown>;

/** The order in which tables can be filled: what others point to first. */
const TABLES = [
  'postcode_place',
  'lsoa_deprivation',
  'organisation',
  'user_account',
  'user_profile',
  'membership',
  'link_worker',
  'provider',
  'assurance_record',
  'listing',
  'hub_partner',
  'neighbourhood',
  'neighbourhood_area',
  'map_outline',
  'asset',
  'asset_history',
  'practical_help',
  'client',
  'gp_registration',
  'agreement',
  'referral',
  'referral_history',
  'referral_assignment',
  'client_reach',
  'contact',
  'contact_history',
  'contact_section',
  'plan',
  'plan_version',
  'goal',
  'goal_progress',
  'action',
  'plan_agreement',
  'appointment',
  'appointment_history',
  'measure_response',
  'measure_missing',
  'onward_referral',
  'onward_referral_history',
  'attendance',
  'warm_handover',
  'signpost',
] as const;
export type Table = (typeof TABLES)[number];

const CHUNK = 2000;

/** Rows waiting to be written, by table. All rows of a table have the same columns. */
export class Rows {
  private readonly tables = new Map<Table, Row[]>();

  add(table: Table, row: Row): void {
    const rows = this.tables.get(table);
    if (rows) rows.push(row);
    else this.tables.set(table, [row]);
  }

  of(table: Table): readonly Row[] {
    return this.tables.get(table) ?? [];
  }

  /** One statement for every 2,000 rows; PostgreSQL reads each value as its column's type. */
  async write(tx: Tx): Promise<void> {
    for (const table of TABLES) {
      const rows = this.of(table);
      const [first] = rows;
      if (!first) continue;
      const columns = join(Object.keys(first).map((column) => raw(column)));
      for (let start = 0; start < rows.length; start += CHUNK) {
        const chunk = JSON.stringify(rows.slice(start, start + CHUNK));
        const into = raw(table);
        await tx.run(sql`
          insert into ${into} (${columns})
          select ${columns} from jsonb_populate_recordset(null::${into}, ${chunk}::jsonb)`);
      }
    }
    this.tables.clear();
  }
}
