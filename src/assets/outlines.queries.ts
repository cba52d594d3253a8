import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import type { OutlineView } from './outline.dto.js';

/** Schemes whose outlines are remembered: an installation has a few. */
const MOST_KEPT = 50;
const KEPT_MS = 60_000;

/** The lines that a scheme's maps are drawn on. */
@Injectable()
export class OutlinesQueries {
  private readonly kept = new Map<string, { outlines: OutlineView[]; until: number }>();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  list(actor: Actor): Promise<OutlineView[]> {
    reachFor(actor, 'neighbourhood.list');
    return this.read(actor.schemeId);
  }

  /**
   * By name, as they were a minute ago at the most: they change once in years and stand on pages that are looked at all day.
   * For a page that anybody may read, too: where areas end is no secret.
   */
  async ofScheme(schemeId: string): Promise<OutlineView[]> {
    const now = this.clock.now().getTime();
    const known = this.kept.get(schemeId);
    if (known && known.until > now && known.until <= now + KEPT_MS) return known.outlines;
    const outlines = await this.read(schemeId);
    if (this.kept.size >= MOST_KEPT) this.kept.clear();
    this.kept.set(schemeId, { outlines, until: now + KEPT_MS });
    return outlines;
  }

  /** Whoever changed them sees it at once. */
  forget(schemeId: string): void {
    this.kept.delete(schemeId);
  }

  private read(schemeId: string): Promise<OutlineView[]> {
    return this.database.read<OutlineView & Record<string, unknown>>(
      schemeId,
      sql`select name, rings, source from map_outline where scheme_id = ${schemeId} order by lower(name), id`,
    );
  }
}
