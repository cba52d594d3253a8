import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { Database } from '../platform/database/database.js';
import { DEFAULT_SETTINGS, type SchemeSettings } from '../platform/scheme/scheme-settings.js';
import { reachFor } from '../permissions/reach.js';
import type { SchemeView } from './scheme.dto.js';

@Injectable()
export class SchemesQueries {
  constructor(private readonly database: Database) {}

  async get(actor: MemberActor): Promise<SchemeView> {
    reachFor(actor, 'scheme.read');
    const [row] = await this.database.unscoped<
      Omit<SchemeView, 'settings'> & { settings: Partial<SchemeSettings> }
    >(sql`
      select id, version, name, settings, standing_cover_id as "standingCoverId" from scheme where id = ${actor.schemeId}`);
    if (!row) throw new Error('A member without a scheme.');
    return { ...row, settings: { ...DEFAULT_SETTINGS, ...row.settings } };
  }
}
