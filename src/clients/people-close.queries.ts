import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import { clientWithin, presentClientWithin } from './client.reach.js';
import { type Audited, present, withoutAudit } from './clients.queries.js';
import type { ClientLinkView, SupporterView } from './people-close.dto.js';
import { SEEN_FROM_THE_OTHER, type Relation } from './people-close.types.js';

interface LinkRow {
  id: string;
  relation: Relation;
  turned: boolean;
  seenTogether: boolean;
  note: string | null;
  linkedAt: Date;
  otherId: string | null;
  otherName: string | null;
}

@Injectable()
export class PeopleCloseQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Live links, newest first. Reading one reads both people, and is recorded so. One to a record that was joined to
   * another says nothing any more.
   */
  async links(actor: Actor, clientId: string): Promise<ClientLinkView[]> {
    const now = this.clock.now();
    const reach = reachFor(actor, 'client.link');
    const rows = await this.database.read<Audited<LinkRow>>(
      actor.schemeId,
      auditedRead(
        actor,
        now,
        { action: 'client.link', subject: { kind: 'client', id: clientId }, details: { part: 'list' } },
        sql`
        select coalesce(shown.id, person.id) as client_id, l.id, l.relation, l.client_id <> person.id as turned,
          l.seen_together as "seenTogether", l.note, l.linked_at as "linkedAt", shown.id as "otherId",
          shown.name as "otherName"
        from (
          select c.scheme_id, c.id from client c
          where c.scheme_id = ${actor.schemeId} and c.id = ${clientId} and ${clientWithin(actor, reach, now)}) person
        left join (
          client_link l join client other on other.scheme_id = l.scheme_id and other.merged_into is null)
          on l.scheme_id = person.scheme_id and l.ended_at is null and (
            (l.client_id = person.id and l.other_id = other.id) or (l.other_id = person.id and l.client_id = other.id))
        left join lateral (
          select c.id, concat_ws(' ', coalesce(c.known_as, c.first_name), c.last_name) as name from client c
          where c.scheme_id = other.scheme_id and c.id = other.id and ${presentClientWithin(actor, reach, now)}
        ) shown on true
        order by l.linked_at desc, l.id desc`,
      ),
    );
    return present(rows.map(withoutAudit)).map(({ turned, otherId, otherName, relation, ...link }) => ({
      ...link,
      relation: turned ? SEEN_FROM_THE_OTHER[relation] : relation,
      other: otherId === null ? null : { id: otherId, name: otherName ?? '' },
    }));
  }

  async getLink(actor: Actor, clientId: string, linkId: string): Promise<ClientLinkView> {
    const link = (await this.links(actor, clientId)).find(({ id }) => id === linkId);
    if (!link) throw Refusal.notFound();
    return link;
  }

  /** Those named now first, newest first; those who ended stay to be seen. */
  async supporters(actor: Actor, clientId: string): Promise<SupporterView[]> {
    const now = this.clock.now();
    const within = clientWithin(actor, reachFor(actor, 'supporter.list'), now);
    const rows = await this.database.read<Audited<SupporterView>>(
      actor.schemeId,
      auditedRead(
        actor,
        now,
        { action: 'supporter.list', subject: { kind: 'client', id: clientId } },
        sql`
        select c.id as client_id, s.id, s.version, s.name, s.role, s.phone, s.email, s.may_contact as "mayContact",
          s.shares, s.agreed_on::text as "agreedOn", s.note, s.named_at as "namedAt", s.ended_at as "endedAt"
        from client c
        left join supporter s on s.scheme_id = c.scheme_id and s.client_id = c.id
        where c.scheme_id = ${actor.schemeId} and c.id = ${clientId} and ${within}
        order by (s.ended_at is null) desc, s.named_at desc, s.id desc`,
      ),
    );
    return present(rows.map(withoutAudit));
  }

  async getSupporter(actor: Actor, clientId: string, supporterId: string): Promise<SupporterView> {
    const supporter = (await this.supporters(actor, clientId)).find(({ id }) => id === supporterId);
    if (!supporter) throw Refusal.notFound();
    return supporter;
  }
}
