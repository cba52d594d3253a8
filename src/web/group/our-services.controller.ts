import { Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { MembershipQueries } from '../../identity/membership.queries.js';
import { Registers } from '../../onward-referrals/registers.service.js';
import { ReplyLinks } from '../../onward-referrals/reply-links.service.js';
import { ReplyQueries } from '../../onward-referrals/reply.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { Id } from '../../platform/http/id-param.js';
import { PageQuery } from '../../platform/http/pagination.js';
import { MOST_PLACES, PLACES_KINDS, type PlacesKind } from '../../providers/listing.types.js';
import { ListingsQueries } from '../../providers/listings.queries.js';
import { ListingsService } from '../../providers/listings.service.js';
import { ProvidersQueries } from '../../providers/providers.queries.js';
import type { Exchange } from '../layout/desk.js';
import { readQuery, take } from '../layout/forms.js';
import { GroupAnswers, type Sent } from '../reply/group-answers.js';
import { choice, fields, plainDigits } from '../reply/reply.forms.js';
import { listingPage } from '../reply/reply.page.js';
import { fullFor, inWords } from '../reply/reply.words.js';
import { speechFor } from '../words/choice.js';
import type { Key, Speech } from '../words/speech.js';
import { cameBack, GroupFrame, type Shown } from './group-frame.js';

/** Pages that only ask, or thank. */
const FORMS: Partial<Record<string, { title: Key; template: string }>> = {
  full: { title: 'reply.title.full', template: 'reply/pages/full.njk' },
  session: { title: 'reply.session.which', template: 'reply/pages/session.njk' },
  thanks: { title: 'reply.title.thanks', template: 'reply/pages/thanks.njk' },
  places: { title: 'ours.places.title', template: 'group/pages/places.njk' },
  worried: { title: 'reply.title.worried', template: 'reply/pages/worried.njk' },
  'rings-you': { title: 'reply.title.worried', template: 'reply/pages/rings-you.njk' },
};

const addressOf = (id: string): string => `/desk/group/services/${id}`;

/** What a group says of its own services, for whoever of it signs in: whether it is right, places, and who came. */
@ApiExcludeController()
@Controller('desk/group/services')
export class OurServicesController {
  constructor(
    private readonly frame: GroupFrame,
    private readonly clock: Clock,
    private readonly memberships: MembershipQueries,
    private readonly listings: ListingsService,
    private readonly services: ListingsQueries,
    private readonly groups: ProvidersQueries,
    private readonly queries: ReplyQueries,
    private readonly answers: GroupAnswers,
    private readonly registers: Registers,
    private readonly links: ReplyLinks,
  ) {}

  @Get()
  @Can('groupPage.use')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() { after, limit }: Record<string, string>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { items, next } = await this.services.list(actor, await readQuery(PageQuery, { after, limit }));
    const { membership } = await this.memberships.me(actor);
    // An organisation may have members before anybody has written down what kind of group it is.
    const { items: groups } = await this.groups.list(actor, {});
    const group = groups.find(({ organisationId }) => organisationId === actor.organisationId);
    const { day, t } = speechFor(request);
    const today = londonDate(this.clock.now());
    await this.frame.show({ request, reply }, 'group/pages/services.njk', {
      title: t('ours.nav.services'),
      scheme: membership.schemeName,
      group: membership.organisationName,
      addTo: group && !group.closedForGoodOn ? group.organisationId : null,
      services: items.map(({ id, name, state, places: { fullUntil } }) => ({
        id,
        name,
        state: t(`ours.state.${state}`),
        shown: state === 'published' || state === 'paused',
        full: fullUntil !== null && fullUntil > today ? day(fullUntil) : null,
      })),
      next,
    });
  }

  @Get(':id')
  @Can('groupPage.use')
  async one(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.check({ request, reply }, actor, id);
  }

  @Get(':id/:form')
  @Can('groupPage.use')
  async form(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Param('form') form: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.small({ request, reply }, actor, id, form);
  }

  @Post(':id/:verb')
  @Can('groupPage.use')
  async say(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Param('verb') verb: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const exchange = { request, reply };
    const speech = speechFor(request);
    const act = this.verb(verb);
    await take(
      exchange,
      (body) => act(actor, id, fields(body), speech),
      (form) => {
        const shown = cameBack(form, verb, speech);
        return Object.hasOwn(FORMS, verb)
          ? this.small(exchange, actor, id, verb, shown)
          : this.check(exchange, actor, id, shown);
      },
    );
  }

  /** What a button or a small form does, and where it leads. */
  private verb(
    verb: string,
  ): (actor: MemberActor, id: string, sent: Sent, speech: Speech) => Promise<string> {
    const { ofListing } = this.answers;
    const answer = Object.hasOwn(ofListing, verb) ? ofListing[verb] : undefined;
    if (answer) {
      return async (actor, id, sent, speech) => {
        await answer(actor, id, sent, speech);
        return `${addressOf(id)}/thanks`;
      };
    }
    switch (verb) {
      case 'session':
        return async (actor, id, sent, speech) => {
          const sessionOn = this.answers.sessionDay(sent, speech);
          return `/desk/group/registers/${await this.registers.open(actor, id, { sessionOn })}`;
        };
      case 'worried':
        return async (actor, id) => {
          await this.links.worried(actor, { kind: 'listing', id });
          return `${addressOf(id)}/rings-you`;
        };
      case 'places':
        return async (actor, id, sent, speech) => {
          await this.listings.setPlaces(actor, id, placesIn(sent, speech));
          return `${addressOf(id)}/thanks`;
        };
      default:
        throw Refusal.notFound();
    }
  }

  private async check(exchange: Exchange, actor: MemberActor, id: string, shown?: Shown): Promise<void> {
    const { t, ...facts } = await this.facts(exchange, actor, id);
    await this.frame.show(
      exchange,
      'reply/pages/listing.njk',
      { ...facts, title: t('reply.title.listing') },
      shown,
    );
  }

  private async small(
    exchange: Exchange,
    actor: MemberActor,
    id: string,
    form: string,
    shown?: Shown,
  ): Promise<void> {
    const asked = Object.hasOwn(FORMS, form) ? FORMS[form] : undefined;
    if (!asked) throw Refusal.notFound();
    const { t, ...facts } = await this.facts(exchange, actor, id);
    const kinds: Record<PlacesKind, Key> = {
      counted: 'ours.places.counted',
      drop_in: 'reply.row.noBooking',
      ask_first: 'reply.row.askFirst',
    };
    const data = {
      ...facts,
      title: t(asked.title),
      today: londonDate(this.clock.now()),
      words: { full: fullFor(t), kinds: inWords(PLACES_KINDS, (kind) => t(kinds[kind])) },
    };
    await this.frame.show(exchange, asked.template, data, shown);
  }

  /** What was last said by link is taken back by link; whoever is signed in says it anew. */
  private async facts({ request }: Exchange, actor: MemberActor, id: string) {
    const speech = speechFor(request);
    const check = await this.queries.listing(actor, id);
    return {
      t: speech.t,
      base: addressOf(id),
      ...listingPage(check, this.clock.now(), speech),
      canTell: true,
      signsIn: false,
      undoUntil: null,
      change: `/desk/listings/${id}/change`,
      service: check.name,
      kind: check.placesKind,
      total: check.placesTotal,
      taken: check.placesTaken,
    };
  }
}

function placesIn(sent: Sent, { t }: Speech): { kind: PlacesKind; total?: number } {
  const kind = choice(
    inWords(PLACES_KINDS, (code) => code),
    sent['kind'],
  );
  if (!kind) throw Refusal.invalidField('kind', t('ours.places.choose'));
  if (kind !== 'counted') return { kind };
  const typed = plainDigits(sent['total'] ?? '').trim();
  const total = /^\d{1,5}$/.test(typed) ? Number(typed) : MOST_PLACES + 1;
  if (total > MOST_PLACES) {
    throw Refusal.invalidField('total', t('ours.places.wrong', { most: MOST_PLACES }));
  }
  return { kind, total };
}
