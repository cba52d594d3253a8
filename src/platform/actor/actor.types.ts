/** The six roles of a membership. A client acts by link and holds no role. */
export const ROLES = [
  'referrer',
  'link_worker',
  'scheme_manager',
  'provider_member',
  'commissioner',
  'administrator',
] as const;
export type Role = (typeof ROLES)[number];

/** A signed-in person acting under exactly one membership. */
export interface MemberActor {
  kind: 'member';
  schemeId: string;
  accountId: string;
  sessionId: string;
  membershipId: string;
  organisationId: string;
  role: Role;
  /** Own membership first, then every membership whose work this person covers today. */
  actsFor: string[];
  /** Whether this link worker also works the scheme's triage queue. */
  triages: boolean;
  /** A program under a membership of its own: its session is its key, and it may do less than a person of its role. */
  program?: true;
}

/** The product itself: worker processes, commands and imports. Its name is what the audit record shows. */
export interface SystemActor {
  kind: 'system';
  schemeId: string;
  name: string;
  /** At work for somebody at a public form, who may send it twice and mean it once. */
  forPublic?: true;
}

/** Somebody who answers for a group by a one-time link, which is about one thing and reaches nothing else. */
export interface LinkActor {
  kind: 'link';
  schemeId: string;
  /** The address the link was sent to: who answered, as far as anybody can know. */
  contactPointId: string;
  organisationId: string;
  about: { kind: 'onward_referral' | 'listing' | 'register'; id: string };
}

/** How histories call them; the audit record says which address it was. */
export const BY_LINK = 'the group, by link';

/** Somebody on a person's own page: the person, or whom they named, who sees what the person chose and nothing else. */
export interface ClientActor {
  kind: 'client';
  schemeId: string;
  /** The one record this reaches. */
  clientId: string;
  sessionId: string;
  /** Who is here for the person; null when it is the person. */
  supporterId: string | null;
  /** What the supporter was given, item by item; empty for the person, who needs none. */
  items: readonly string[];
}

export type Actor = MemberActor | SystemActor | LinkActor | ClientActor;

/** How histories call whoever is no member; null for a member, whom they know by id. */
export function nameInHistory(actor: Actor): string | null {
  switch (actor.kind) {
    case 'member':
      return null;
    case 'system':
      return actor.name;
    case 'link':
      return BY_LINK;
    case 'client':
      return actor.supporterId === null
        ? 'the person, on their own page'
        : 'a supporter, on the person’s page';
  }
}

/** Stands in for a scheme where none is known yet: sign-in, installation commands. No person's row has it. */
export const INSTALLATION = '00000000-0000-0000-0000-000000000000';

export const systemActor = (schemeId: string, name: string): SystemActor => ({
  kind: 'system',
  schemeId,
  name,
});

export const publicActor = (schemeId: string, name: string): SystemActor => ({
  ...systemActor(schemeId, name),
  forPublic: true,
});
