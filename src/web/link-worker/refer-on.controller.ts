import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { OnwardOffers } from '../../onward-referrals/onward-offers.service.js';
import { OfferInput, SignpostInput, type PreviewView } from '../../onward-referrals/onward.dto.js';
import { OnwardQueries } from '../../onward-referrals/onward.queries.js';
import { scopesNeeded } from '../../onward-referrals/onward.rules.js';
import { CONTACT_ROUTES, type ContactRoute } from '../../onward-referrals/onward.types.js';
import { Signposts } from '../../onward-referrals/signposts.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import { Uuid } from '../../platform/http/fields.js';
import { Id } from '../../platform/http/id-param.js';
import { ListingsQueries } from '../../providers/listings.queries.js';
import { PersonHeads, type HeadReferral, type PersonHead } from '../../referrals/person-head.queries.js';
import { AGREED_CHOICES, besideAgreed, withAgreement } from '../layout/agreement.js';
import { dayBoxes } from '../layout/dates.js';
import { Desk } from '../layout/desk.js';
import {
  checked,
  type Form,
  hidden,
  lookedAt,
  newForm,
  readForm,
  readQuery,
  sent,
  take,
} from '../layout/forms.js';
import { Stops } from '../layout/stops.js';
import { choicesOf, NEED_WORDS } from '../layout/words.js';
import { INTERPRETER_WORDS, REACH_WORDS } from '../practice/practice.words.js';
import {
  ACCESS_WORDS,
  NEED_WORDS as GROUP_NEED_WORDS,
  ROUTE_WORDS,
  SAFETY_WORDS,
  SOON_WORDS,
} from '../reply/reply.words.js';
import {
  CALLED_WORDS,
  CONTACT_ROUTE_WORDS,
  HOW_SOON_WORDS,
  OFFER_SCOPE_WORDS,
  SIGNPOST_WORDS,
} from './groups.words.js';
import { say } from '../words/staff/staff-words.js';

type About = PersonHead & { current: HeadReferral };

class SignpostQuery {
  @Uuid({ optional: true })
  listingId?: string;
}

/** Referring somebody to a group: what it may be told, exactly what it will see, and only then the sending. */
@ApiExcludeController()
@Controller('desk/referrals')
export class ReferOnController {
  constructor(
    private readonly desk: Desk,
    private readonly clock: Clock,
    private readonly heads: PersonHeads,
    private readonly onward: OnwardQueries,
    private readonly offers: OnwardOffers,
    private readonly signposts: Signposts,
    private readonly listings: ListingsQueries,
    private readonly stops: Stops,
  ) {}

  @Get(':id/refer/:listingId')
  @Can('onward.offer')
  async ask(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('listingId') listingId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const person = await this.heads.ofReferral(actor, id);
    const values = usual(person, this.today());
    await this.form(reply, actor, person, listingId, newForm(values));
  }

  /** Shows what the group will see, and keeps nothing; with "change" the answers come back to be changed. */
  @Post(':id/refer/:listingId/check')
  @Can('onward.offer')
  async check(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('listingId') listingId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { body } = reply.request;
    if (hidden(body, '_change') === '' && (await this.stops.shown(reply, actor))) return;
    const person = await this.heads.ofReferral(actor, id);
    const typed = sent(body);
    const asItWas = lookedAt(body);
    if (hidden(body, '_change') !== '') return this.form(reply, actor, person, listingId, asItWas);
    const preview = await checked(
      reply,
      async () => this.onward.preview(actor, id, await offerIn(listingId, body)),
      (form) => this.form(reply, actor, person, listingId, form),
    );
    if (!preview) return;
    if (!preview.mayBeOffered) {
      const form: Form = {
        ...asItWas,
        status: 409,
        errors: preview.refusals.map((text) => ({ text, href: '#offer' })),
      };
      return this.form(reply, actor, person, listingId, form, preview);
    }
    await this.desk.show(reply, actor, 200, 'link-worker/pages/refer-check.njk', {
      title: say('What {{group}} will see', { group: preview.service.group }),
      form: asItWas,
      person,
      referral: person.current,
      preview,
      answers: Object.entries(typed).flatMap(([name, value]) =>
        [value].flat().map((one) => ({ name, value: one })),
      ),
      words: SEEN_WORDS,
    });
  }

  @Post(':id/refer/:listingId')
  @Can('onward.offer')
  async refer(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('listingId') listingId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => `/desk/onward/${await this.offers.offer(actor, id, await offerIn(listingId, body))}`,
      async (form) => this.form(reply, actor, await this.heads.ofReferral(actor, id), listingId, form),
    );
  }

  @Get(':id/signpost')
  @Can('signpost.record')
  async askSignpost(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { listingId = '' } = await readQuery(SignpostQuery, asked);
    const listing = listingId === '' ? null : await this.listings.get(actor, listingId);
    const values = { listingId, toldAbout: listing?.name ?? '', ...dayBoxes('toldOn', this.today()) };
    await this.signpostForm(reply, actor, id, newForm(values));
  }

  @Post(':id/signpost')
  @Can('signpost.record')
  async signpost(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.signposts.record(actor, id, await readForm(SignpostInput, body));
        return `/desk/referrals/${id}/find?noted=signpost`;
      },
      (form) => this.signpostForm(reply, actor, id, form),
    );
  }

  private async signpostForm(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const person = await this.heads.ofReferral(actor, id);
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/signpost.njk', {
      title: say('Told about a group, referral {{reference}}', { reference: person.current.reference }),
      form,
      person,
      referral: person.current,
      how: choicesOf(SIGNPOST_WORDS),
      words: { reach: REACH_WORDS },
    });
  }

  /** What stands in the way is said before anything is typed: the answers a practised worker would give are tried first. */
  private async form(
    reply: FastifyReply,
    actor: MemberActor,
    person: About,
    listingId: string,
    form: Form,
    tried?: PreviewView,
  ): Promise<void> {
    const { current } = person;
    const preview = tried ?? (await this.onward.preview(actor, current.id, plainOffer(person, listingId)));
    const { service } = preview;
    const both = [
      ...new Set([...current.reasons.filter((need) => service.needs.includes(need)), ...current.reasons]),
    ];
    const values =
      form.values['needs'] === undefined && form.status === 200 && !form.again
        ? {
            ...form.values,
            needs: both.slice(0, Math.max(1, both.filter((need) => service.needs.includes(need)).length)),
          }
        : form.values;
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/refer-on.njk', {
      title: say('Refer to {{name}}', { name: service.name }),
      form: besideAgreed({ ...form, values }),
      person,
      referral: current,
      preview,
      inTheWay: preview.gates.filter(({ passed, gate }) => !passed && gate !== 'has_places'),
      full: preview.gates.some(({ passed, gate }) => !passed && gate === 'has_places'),
      needs: both.map((value) => ({ value, text: NEED_WORDS[value] })),
      soon: choicesOf(HOW_SOON_WORDS),
      routes: choicesOf(CONTACT_ROUTE_WORDS),
      called: choicesOf(CALLED_WORDS),
      safety: choicesOf(SAFETY_WORDS),
      agreed: AGREED_CHOICES,
      periods: service.periods.map(({ id, name }) => ({ value: id, text: name })),
      words: { reach: REACH_WORDS, scope: OFFER_SCOPE_WORDS },
    });
  }

  private readonly today = (): string => londonDate(this.clock.now());
}

/** The group's own words, as it reads them. */
const SEEN_WORDS = {
  reach: REACH_WORDS,
  need: GROUP_NEED_WORDS,
  soon: SOON_WORDS,
  safety: SAFETY_WORDS,
  access: ACCESS_WORDS,
  interpreter: INTERPRETER_WORDS,
  route: ROUTE_WORDS,
};

/** Reached directly where that is safe, else through the worker. */
const routeOf = (person: PersonHead): ContactRoute =>
  person.phone !== null && person.safeToCall === 'yes' ? 'phone' : 'through_worker';

const usual = (person: PersonHead, today: string): Form['values'] => ({
  howSoon: 'within_two_weeks',
  contactRoute: routeOf(person),
  sharesAccess: 'yes',
  ...dayBoxes('agreement.agreedOn', today),
});

const plainOffer = (person: About, listingId: string): OfferInput => ({
  listingId,
  needs: person.current.reasons,
  howSoon: 'within_two_weeks',
  contactRoute: routeOf(person),
});

/**
 * The form as an offer. Which parts the person must agree to follows from what is shared; where they agreed before,
 * nothing is asked and nothing is recorded.
 */
function offerIn(listingId: string, body: unknown): Promise<OfferInput> {
  const typed = sent(body);
  const route = CONTACT_ROUTES.find((one) => one === typed['contactRoute']) ?? 'phone';
  // The day is there wherever it is asked.
  const asksToAgree = typed['agreement.agreedOn.day'] !== undefined;
  return readForm(OfferInput, {
    ...withAgreement(typed),
    listingId,
    ...(asksToAgree ? { 'agreement.scope': scopesNeeded(route, typed['sharesAccess'] !== 'no') } : {}),
  });
}
