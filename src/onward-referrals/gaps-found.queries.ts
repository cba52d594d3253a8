import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import type { Tx } from '../platform/database/tx.js';
import type { Need } from '../platform/words/needs.js';
import { LISTING_COLUMNS } from '../providers/listing-row.js';
import type { ListingRow } from '../providers/listing.types.js';
import { meets } from './gap.rules.js';
import type { GapWish } from './gap.types.js';
import { MatchingQueries, type Weighed } from './matching.queries.js';

interface OpenGap extends GapWish {
  id: string;
  referralId: string | null;
}

/** What the product needs to know to open or close gaps by itself. Nobody is shown any of it. */
@Injectable()
export class GapsFound {
  constructor(private readonly matching: MatchingQueries) {}

  /** Everything weighed for a referral that is being worked on, for these needs or its own reasons; null for another. */
  async weighed(
    tx: Tx,
    referralId: string,
    needs: readonly Need[] | null,
  ): Promise<{ needs: readonly Need[]; services: Weighed[] } | null> {
    const [subject] = await this.matching.subjectsWithin(
      tx,
      sql`r.id = ${referralId} and r.state in ('allocated', 'active')`,
    );
    if (!subject) return null;
    const asked = needs ?? subject.reasons;
    if (asked.length === 0) return null;
    return { needs: asked, services: await this.matching.weighWithin(tx, subject, [...asked]) };
  }

  /** The gaps open when a service started that it meets: for somebody's own gap every gate must pass for them. */
  async metBy(tx: Tx, listingId: string, startedAt: Date): Promise<string[]> {
    const listing = await tx.maybe<ListingRow>(sql`
      select ${LISTING_COLUMNS} from listing l
      where l.scheme_id = ${tx.schemeId} and l.id = ${listingId} and l.state = 'published'`);
    if (!listing) return [];
    const open = await tx.rows<OpenGap>(sql`
      select g.id, g.need, g.area, g.language, g.referral_id as "referralId" from gap g
      where g.scheme_id = ${tx.schemeId} and g.need = any(${listing.needs}::text[]) and g.closed_at is null
        and g.opened_at <= ${startedAt}
      order by g.id`);
    const nobodys = open.filter((gap) => gap.referralId === null && meets(listing, gap));
    const theirs = open.filter((gap) => gap.referralId !== null);
    const subjects = await this.matching.subjectsWithin(
      tx,
      sql`r.id = any(${theirs.map(({ referralId }) => referralId)}::uuid[])`,
    );
    const met: string[] = nobodys.map(({ id }) => id);
    for (const gap of theirs) {
      const subject = subjects.find(({ id }) => id === gap.referralId);
      const services = subject ? await this.matching.weighOne(tx, subject, [gap.need], listingId) : [];
      if (services.some(({ standing }) => standing === 'may_be_offered')) met.push(gap.id);
    }
    return met;
  }
}
