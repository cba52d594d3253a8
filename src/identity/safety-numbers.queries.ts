import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { Database } from '../platform/database/database.js';
import type { SchemeSettings } from '../platform/scheme/scheme-settings.js';

/** Whom to ring about somebody who could come to harm; null where nobody has entered a number. */
export interface SafetyNumbers {
  /** Of whoever runs the scheme. */
  phone: string | null;
  /** The council's safeguarding teams. */
  council: { adults: string | null; children: string | null; outOfHours: string | null };
}

@Injectable()
export class SafetyNumbersQueries {
  constructor(private readonly database: Database) {}

  /** For anybody, so nobody's permission is asked. */
  async of(schemeId: string): Promise<SafetyNumbers> {
    const row = await this.database.maybe<{ settings: Partial<SchemeSettings>; phone: string | null }>(
      schemeId,
      sql`
        select s.settings, (select o.phone from organisation o
          where o.scheme_id = s.id and o.kind = 'host' and o.phone is not null order by o.id limit 1) as phone
        from scheme s where s.id = ${schemeId}`,
    );
    const { councilAdultsPhone, councilChildrenPhone, councilOutOfHoursPhone } = row?.settings ?? {};
    return {
      phone: row?.phone ?? null,
      council: {
        adults: councilAdultsPhone ?? null,
        children: councilChildrenPhone ?? null,
        outOfHours: councilOutOfHoursPhone ?? null,
      },
    };
  }
}
