import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import type { Tx } from '../platform/database/tx.js';
import { Refusal } from '../platform/errors/refusal.js';
import { sha256 } from '../platform/pure/hash.js';
import { derivedToken } from './token.rules.js';

export type LinkPurpose = 'invitation' | 'password_reset' | 'claim' | 'safety_message';

export interface Link {
  schemeId: string;
  /** An invitation, an account whose password is to be reset, somebody's claim of a group, or a message to be acknowledged. */
  subjectId: string;
}

/** One answer for a link that is used, expired, withdrawn or never was. */
export const deadLink = (): Refusal =>
  Refusal.gone('This link has been used, has expired or was withdrawn. Ask for a new one.');

/** Where a link leads, for people. */
const PATHS: Record<LinkPurpose, string> = {
  invitation: 'desk/join',
  password_reset: 'desk/new-password',
  claim: 'claim/confirm',
  safety_message: 'received',
};

/**
 * Links that work once. The database holds the hash only; the token is derived from an id and the installation's key,
 * so that whoever sends the message can make it again and no job has to carry it.
 */
@Injectable()
export class OneTimeLinks {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
  ) {}

  token(purpose: LinkPurpose, linkId: string): string {
    return derivedToken(this.config.tokenKey, purpose, linkId);
  }

  address(purpose: LinkPurpose, linkId: string): string {
    return `${this.config.publicUrl}/${PATHS[purpose]}/${this.token(purpose, linkId)}`;
  }

  /** Doing it again for the same `linkId` changes nothing. */
  async make(
    tx: Tx,
    link: { purpose: LinkPurpose; linkId: string; subjectId: string; expiresAt: Date },
  ): Promise<void> {
    await tx.run(sql`
      insert into one_time_link (hash, scheme_id, purpose, subject_id, created_at, expires_at)
      values (${sha256(this.token(link.purpose, link.linkId))}, ${tx.schemeId}, ${link.purpose}, ${link.subjectId},
        ${tx.now}, ${link.expiresAt})
      on conflict (hash) do nothing`);
  }

  /** Whether the link made from this id can still be used, and until when. */
  async liveUntil(tx: Tx, purpose: LinkPurpose, linkId: string): Promise<Date | null> {
    const row = await tx.maybe<{ expires_at: Date }>(sql`
      select expires_at from one_time_link
      where hash = ${sha256(this.token(purpose, linkId))} and scheme_id = ${tx.schemeId}
        and used_at is null and revoked_at is null and expires_at > ${tx.now}`);
    return row?.expires_at ?? null;
  }

  /** Which scheme a shown token belongs to. Uses nothing up. */
  async find(purpose: LinkPurpose, token: string, now: Date): Promise<Link> {
    const [link] = await this.database.unscoped<Link>(sql`
      select scheme_id as "schemeId", subject_id as "subjectId" from one_time_link
      where hash = ${sha256(token)} and purpose = ${purpose}
        and used_at is null and revoked_at is null and expires_at > ${now}`);
    if (!link) throw deadLink();
    return link;
  }

  /** Uses the link up. Of many at once exactly one gets through: the others wait here, then find it used. */
  async claim(tx: Tx, purpose: LinkPurpose, token: string): Promise<Link> {
    const link = await tx.maybe<Link>(sql`
      update one_time_link set used_at = ${tx.now}
      where hash = ${sha256(token)} and purpose = ${purpose} and scheme_id = ${tx.schemeId}
        and used_at is null and revoked_at is null and expires_at > ${tx.now}
      returning scheme_id as "schemeId", subject_id as "subjectId"`);
    if (!link) throw deadLink();
    return link;
  }

  async revoke(tx: Tx, purpose: LinkPurpose, subjectId: string): Promise<void> {
    await tx.run(sql`
      update one_time_link set revoked_at = ${tx.now}
      where scheme_id = ${tx.schemeId} and subject_id = ${subjectId} and purpose = ${purpose}
        and used_at is null and revoked_at is null`);
  }
}
