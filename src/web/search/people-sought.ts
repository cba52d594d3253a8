import { Injectable } from '@nestjs/common';
import { type ClientLine, ClientSearchInput } from '../../clients/client.dto.js';
import { ClientsQueries } from '../../clients/clients.queries.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { validated } from '../../platform/http/validation.js';
import { without } from '../../platform/pure/without.js';
import { SHOWN } from './own-referrals.js';
import { byFirstName, type Named } from './sought.rules.js';

export interface PeopleFound {
  people: ClientLine[];
  /** Nobody is spelt so: these sound like it. */
  near: boolean;
  more: boolean;
}

/** People as they are looked for: by what was typed, else by a first name alone, else by what sounds like it. */
@Injectable()
export class PeopleSought {
  constructor(private readonly clients: ClientsQueries) {}

  async find(actor: MemberActor, sought: Exclude<Named, { by: 'reference' }>): Promise<PeopleFound> {
    const input = without(sought, 'by');
    const spelt = await this.by(actor, input);
    const first = byFirstName(sought);
    const found = spelt.people.length === 0 && first ? await this.by(actor, first) : spelt;
    if (found.people.length > 0 || sought.by !== 'name') return found;
    return { ...(await this.by(actor, { ...input, soundsLike: true })), near: true };
  }

  private async by(actor: MemberActor, input: object): Promise<PeopleFound> {
    const page = await this.clients.search(
      actor,
      await validated(ClientSearchInput, { ...input, limit: SHOWN }),
    );
    return { people: page.items, near: false, more: page.next !== null };
  }
}
