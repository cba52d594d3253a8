import { Controller, Get, HttpCode, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import { reachOf } from '../../permissions/permission.table.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Refusal } from '../../platform/errors/refusal.js';
import type { ReferralLine, SentReferralLine } from '../../referrals/referral.dto.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, sent, take } from '../layout/forms.js';
import { rowOf } from '../practice/referral.rows.js';
import { OwnReferrals } from './own-referrals.js';
import { type PeopleFound, PeopleSought } from './people-sought.js';
import { type Named, soughtIn } from './sought.rules.js';
import { say } from '../words/staff/staff-words.js';

interface Found extends PeopleFound {
  referrals: (ReferralLine | SentReferralLine)[];
}

const NONE: Found = { people: [], referrals: [], near: false, more: false };

/**
 * One box on every page. What is looked for is sent as a form and answered with the page itself, so that it stands in no
 * address, no history of a browser and no log; it is not kept either. Whoever is found is within the reach of whoever
 * looks, and was read, and the record says so.
 */
@ApiExcludeController()
@Controller('desk/search')
export class SearchController {
  constructor(
    private readonly desk: Desk,
    private readonly sought: PeopleSought,
    private readonly own: OwnReferrals,
  ) {}

  @Get()
  @Can('referral.list')
  async ask(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await this.page(reply, actor, newForm(), null);
  }

  @Post()
  @Can('referral.list')
  @HttpCode(200)
  async look(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async (body) => {
        const typed = String(sent(body)['q'] ?? '').slice(0, 100);
        const sought = soughtIn(typed);
        if (sought.by === 'nothing') throw Refusal.invalidField('q', sought.problem);
        const found = await this.found(actor, sought);
        const only = onlyOne(sought, found);
        if (only === null) await this.page(reply, actor, newForm({ q: typed }), found);
        return only;
      },
      (form) => this.page(reply, actor, form, null),
    );
  }

  private async found(actor: MemberActor, sought: Named): Promise<Found> {
    const everybody = reachOf('client.list', actor.role) !== 'none';
    if (!everybody && (sought.by === 'phone' || sought.by === 'postcode')) {
      throw Refusal.invalidField('q', 'Enter an NHS number, a name, a date of birth or a reference');
    }
    if (!everybody || sought.by === 'reference') {
      const { items, next } = await this.own.find(actor, sought);
      return { ...NONE, referrals: items, more: next !== null };
    }
    return { ...NONE, ...(await this.sought.find(actor, sought)) };
  }

  private async page(
    reply: FastifyReply,
    actor: MemberActor,
    form: Form,
    found: Found | null,
  ): Promise<void> {
    const everybody = reachOf('client.list', actor.role) !== 'none';
    await this.desk.show(reply, actor, form.status, 'search/pages/search.njk', {
      title: found === null ? say('Search') : titleOf(found),
      form,
      found,
      rows: found?.referrals.map((line) => ({ ...rowOf(line), dateOfBirth: line.client?.dateOfBirth })) ?? [],
      everybody,
      onSearch: true,
    });
  }
}

/** A number that is one person's or one referral's leads straight there. */
function onlyOne({ by }: Named, { people, referrals }: Found): string | null {
  const [person, ...others] = people;
  if (by === 'nhsNumber' && person && others.length === 0) return `/desk/people/${person.id}`;
  const [referral] = referrals;
  return by === 'reference' && referral ? `/desk/referrals/${referral.id}` : null;
}

function titleOf({ people, referrals, more }: Found): string {
  const count = people.length + referrals.length;
  if (count === 0) return say('Search: nothing found');
  return say('Search: {{more}} found', {
    more: more ? say('the first {{count}}', { count }) : String(count),
  });
}
