import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { type MemberActor, systemActor } from '../platform/actor/actor.types.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { refuseStale } from '../platform/http/version.js';
import { newId } from '../platform/pure/ids.js';
import { DEFAULT_SETTINGS, type SchemeSettings } from '../platform/scheme/scheme-settings.js';
import { reachFor } from '../permissions/reach.js';
import { standing } from './cover.queries.js';
import { Invitations } from './invitations.service.js';
import { OneTimeLinks } from './one-time-links.service.js';
import { Organisations } from './organisations.service.js';
import type { AmendSchemeInput, GivenSettings } from './scheme.dto.js';
import { settingsProblems } from './scheme.rules.js';

export interface NewScheme {
  name: string;
  adminEmail: string;
  adminName: string;
}

@Injectable()
export class Schemes {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly organisations: Organisations,
    private readonly invitations: Invitations,
    private readonly links: OneTimeLinks,
  ) {}

  async amend(actor: MemberActor, version: number, input: AmendSchemeInput): Promise<string> {
    reachFor(actor, 'scheme.configure');
    return this.unitOfWork.run(actor, async (tx) => {
      const row = await tx.one<{ version: number; name: string; settings: GivenSettings }>(
        sql`select version, name, settings from scheme where id = ${tx.schemeId} for no key update`,
      );
      refuseStale(row.version, version);
      const settings = merged(row.settings, input.settings ?? {});
      const problems = settingsProblems({ ...DEFAULT_SETTINGS, ...settings });
      if (problems.length > 0) throw Refusal.invalid(problems);
      await tx.run(sql`
        update scheme set version = version + 1, name = ${input.name ?? row.name}, settings = ${JSON.stringify(settings)}
        where id = ${tx.schemeId}`);
      await audit(tx, {
        action: 'scheme.configure',
        subject: { kind: 'scheme', id: tx.schemeId },
        details: { renamed: (input.name ?? row.name) !== row.name, settings: input.settings ?? {} },
      });
      return tx.schemeId;
    });
  }

  /** Who takes work that nobody else is named for: when somebody leaves, or is away without a cover. Null for nobody. */
  async setStandingCover(actor: MemberActor, membershipId: string | null, seen?: number): Promise<string> {
    reachFor(actor, 'linkWorker.amend');
    return this.unitOfWork.run(actor, async (tx) => {
      const { version } = await tx.one<{ version: number }>(
        sql`select version from scheme where id = ${tx.schemeId} for no key update`,
      );
      refuseStale(version, seen);
      if (membershipId !== null) {
        const able = await tx.maybe(sql`
          select 1 from membership m
          where m.scheme_id = ${tx.schemeId} and m.id = ${membershipId} and m.role in ('link_worker', 'scheme_manager')
            and ${standing(sql`m`)} for share of m`);
        if (!able) throw Refusal.invalidField('membershipId', 'Choose a link worker or manager who is here');
      }
      await tx.run(sql`
        update scheme set version = version + 1, standing_cover_id = ${membershipId} where id = ${tx.schemeId}`);
      await audit(tx, {
        action: 'scheme.setStandingCover',
        subject: { kind: 'scheme', id: tx.schemeId },
        details: { membershipId },
      });
      return tx.schemeId;
    });
  }

  /** A scheme, its own organisation, and the link with which its first administrator chooses a password. */
  async create(input: NewScheme): Promise<{ schemeId: string; link: string; token: string }> {
    const schemeId = newId();
    const linkId = await this.unitOfWork.run(systemActor(schemeId, 'scheme:create'), async (tx) => {
      await tx.run(
        sql`insert into scheme (id, name, created_at) values (${schemeId}, ${input.name}, ${tx.now})`,
      );
      await audit(tx, { action: 'scheme.create', subject: { kind: 'scheme', id: schemeId } });
      const organisationId = await this.organisations.createWithin(tx, { name: input.name, kind: 'host' });
      const admin = {
        email: input.adminEmail,
        name: input.adminName,
        organisationId,
        role: 'administrator' as const,
      };
      const invitation = await this.invitations.inviteWithin(tx, admin, 'in_person');
      return invitation.linkId;
    });
    return {
      schemeId,
      link: this.links.address('invitation', linkId),
      token: this.links.token('invitation', linkId),
    };
  }
}

/** What is left out stays; null goes back to the product's own, by being forgotten. */
function merged(kept: GivenSettings, given: GivenSettings): Partial<SchemeSettings> {
  const all = new Map<string, unknown>(Object.entries(kept));
  for (const [key, value] of Object.entries(given) as [string, unknown][]) {
    if (value === null) all.delete(key);
    else if (value !== undefined) all.set(key, value);
  }
  return Object.fromEntries(all);
}
