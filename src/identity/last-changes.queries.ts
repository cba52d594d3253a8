import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { Database } from '../platform/database/database.js';
import { memberName } from './member-name.queries.js';

/** Who changed something last, and when. */
export interface LastChange {
  /** Null for whoever is no member, such as a group by its link. */
  by: string | null;
  at: Date;
}

/** What an entry says of which part of a thing was only read, where reading it is the right to change it. */
const READ_PARTS = ['history', 'list', 'neverOffer', 'read', 'registrations'];

/** What the record of who did what says of one thing, for somebody who may change it and was overtaken. */
@Injectable()
export class LastChanges {
  constructor(private readonly database: Database) {}

  /** Of one or any of several things. Whoever only read it, or a part of it, has changed nothing. */
  of({ schemeId }: MemberActor, subjects: string | readonly string[]): Promise<LastChange | null> {
    return this.database.maybe<LastChange & Record<string, unknown>>(
      schemeId,
      sql`
      select e.at, coalesce(${memberName(sql`e.scheme_id`, sql`e.actor_id`)}, e.actor_name) as by
      from audit_entry e
      where e.scheme_id = ${schemeId} and e.subject_id = any(${[subjects].flat()}::uuid[])
        and e.action !~ '\\.(get|list|read|search|history)$' and coalesce(e.details ->> 'part', '') <> all(${READ_PARTS}::text[])
      order by e.id desc limit 1`,
    );
  }
}
