import { Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { MembershipQueries } from '../../identity/membership.queries.js';
import { Registers } from '../../onward-referrals/registers.service.js';
import { ReplyLinks } from '../../onward-referrals/reply-links.service.js';
import { type ListingCheck, ReplyQueries } from '../../onward-referrals/reply.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { Id } from '../../platform/http/id-param.js';
import { currentLanguage } from '../../platform/http/request-context.js';
import { PageQuery } from '../../platform/http/pagination.js';
import { publishProblems } from '../../providers/listing.rules.js';
import { ListingsQueries } from '../../providers/listings.queries.js';
import { ListingsService } from '../../providers/listings.service.js';
import { ProvidersQueries } from '../../providers/providers.queries.js';
import { type Form, readQuery, take } from '../layout/forms.js';
import {
  isPart,
  newPart,
  overtakenBy,
  type Part,
  partPage,
  partSent,
  readNew,
  savePart,
} from '../listing/listing.parts.js';
import { CARD_WORDS } from '../listing/card.words.js';
import { GroupAnswers, type Sent, type Told } from '../reply/group-answers.js';
import { fields } from '../reply/reply.forms.js';
import { listingPage } from '../reply/reply.page.js';
import { noticeOf } from '../reply/reply.parts.js';
import { fullFor, placesWords } from '../reply/reply.words.js';
import { speechFor } from '../words/choice.js';
import type { Key, Speech } from '../words/speech.js';
import { cameBack, GroupFrame, type Shown } from './group-frame.js';

/** Pages that only ask, or thank. */
const FORMS: Partial<Record<string, { title: Key; template: string }>> = {
  full: { title: 'reply.title.full', template: 'reply/pages/full.njk' },
  session: { title: 'reply.session.which', template: 'reply/pages/session.njk' },
  thanks: { title: 'reply.title.thanks', template: 'reply/pages/thanks.njk' },
  places: { title: 'ours.places.title', template: 'reply/pages/places.njk' },
  worried: { title: 'reply.title.worried', template: 'reply/pages/worried.njk' },
  'rings-you': { title: 'reply.title.worried', template: 'reply/pages/rings-you.njk' },
};

const AFTER: Record<Told, string> = { part: '?saved=part', thanks: '/thanks' };

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
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { items, next } = await this.services.list(actor, await readQuery(PageQuery, { after, limit }));
    const { membership } = await this.memberships.me(actor);
    // An organisation may have members before anybody has written down what kind of group it is.
    const { items: groups } = await this.groups.list(actor, {});
    const group = groups.find(({ organisationId }) => organisationId === actor.organisationId);
    const { day, t } = speechFor(reply.request);
    const today = londonDate(this.clock.now());
    await this.frame.show(reply, 'group/pages/services.njk', {
      title: t('ours.nav.services'),
      scheme: membership.schemeName,
      group: membership.organisationName,
      mayAdd: group !== undefined && !group.closedForGoodOn,
      services: items.map(({ id, name, state, places: { fullUntil } }) => ({
        id,
        name,
        state: t(`ours.state.${state}`),
        told: state === 'published' || state === 'paused',
        ended: state === 'closed',
        full: fullUntil !== null && fullUntil > today ? day(fullUntil) : null,
      })),
      next,
    });
  }

  @Get('new')
  @Can('groupPage.use')
  async askNew(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await this.newPage(reply, actor, null);
  }

  /** A draft at once: what else there is to say of it is said part by part, whenever somebody has the time. */
  @Post('new')
  @Can('groupPage.use')
  async create(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async (body) => addressOf(await this.listings.create(actor, await readNew(actor.organisationId, body))),
      (form) => this.newPage(reply, actor, form),
    );
  }

  @Get(':id')
  @Can('groupPage.use')
  async one(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query('saved') saved: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.check(reply, actor, id, {}, saved);
  }

  @Get(':id/:form')
  @Can('groupPage.use')
  async form(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Param('form') form: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (form === 'preview') return this.preview(reply, actor, id);
    await (isPart(form) ? this.part(reply, actor, id, form, null) : this.small(reply, actor, id, form));
  }

  @Post(':id/:verb')
  @Can('groupPage.use')
  async say(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Param('verb') verb: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const speech = speechFor(reply.request);
    if (isPart(verb)) {
      reply.request.body = partSent(verb, reply.request.body);
      await take(
        reply,
        async (body) => {
          await savePart(this.listings, actor, id, verb, body);
          return `${addressOf(id)}${AFTER.part}`;
        },
        (form) => this.part(reply, actor, id, verb, form),
      );
      return;
    }
    const act = this.verb(verb);
    await take(
      reply,
      (body) => act(actor, id, fields(body), speech),
      (form) => {
        const shown = cameBack(form, verb, speech);
        if (verb === 'submit') return this.preview(reply, actor, id, shown);
        return Object.hasOwn(FORMS, verb)
          ? this.small(reply, actor, id, verb, shown)
          : this.check(reply, actor, id, shown);
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
        const said = await answer(actor, id, sent, speech);
        return `${addressOf(id)}${AFTER[said]}`;
      };
    }
    switch (verb) {
      case 'session':
        return async (actor, id, sent, speech) => {
          const sessionOn = this.answers.sessionDay(sent, speech);
          return `/desk/group/registers/${await this.registers.open(actor, id, { sessionOn })}`;
        };
      case 'submit':
        return async (actor, id) => addressOf(await this.listings.submit(actor, id));
      case 'worried':
        return async (actor, id) => {
          await this.links.worried(actor, { kind: 'listing', id });
          return `${addressOf(id)}/rings-you`;
        };
      default:
        throw Refusal.notFound();
    }
  }

  private async newPage(reply: FastifyReply, actor: MemberActor, tried: Form | null): Promise<void> {
    const speech = speechFor(reply.request);
    const { membership } = await this.memberships.me(actor);
    const { form, choices } = newPart(tried, speech);
    await this.frame.show(
      reply,
      'group/pages/service-new.njk',
      {
        title: speech.t('ours.services.add'),
        scheme: membership.schemeName,
        group: membership.organisationName,
        form,
        choices,
        errors: form.errors,
        ...(form.notice === null ? {} : { notice: form.notice }),
        ...(form.again ? { notice: speech.t('ours.again') } : {}),
      },
      { status: form.status },
    );
  }

  /** The very card that stands in a link worker's list. */
  private async preview(reply: FastifyReply, actor: MemberActor, id: string, shown?: Shown): Promise<void> {
    const { t, state, ...facts } = await this.facts(reply, actor, id);
    const listing = await this.services.get(actor, id);
    const ready = publishProblems(listing).length === 0;
    await this.frame.show(
      reply,
      'group/pages/preview.njk',
      {
        ...facts,
        title: t('service.preview.title'),
        listing,
        words: CARD_WORDS,
        readIn: currentLanguage(),
        maySend: state === 'draft' && ready,
        lacksNeeds: !ready,
      },
      shown,
    );
  }

  private async part(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    part: Part,
    tried: Form | null,
  ): Promise<void> {
    const speech = speechFor(reply.request);
    const check = await this.queries.listing(actor, id);
    const facts = listingPage(check, this.clock.now(), speech, telling(check));
    const page = partPage(part, check, tried, facts.rows, `${addressOf(id)}/${part}`, speech);
    await this.frame.show(
      reply,
      'listing/part.njk',
      { ...facts, ...page, base: addressOf(id), canTell: true },
      { status: page.status },
    );
  }

  private async check(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    shown: Shown,
    saved?: unknown,
  ): Promise<void> {
    const { t, ...facts } = await this.facts(reply, actor, id);
    const title = t(facts.told ? 'reply.title.listing' : 'service.title');
    // Of a draft nobody is told anything yet.
    const notice = noticeOf(saved === 'part' && !facts.told ? 'signed' : saved, speechFor(reply.request));
    await this.frame.show(reply, 'reply/pages/listing.njk', { ...facts, title }, { ...shown, ...notice });
  }

  private async small(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    form: string,
    shown?: Shown,
  ): Promise<void> {
    const asked = Object.hasOwn(FORMS, form) ? FORMS[form] : undefined;
    if (!asked) throw Refusal.notFound();
    const { t, ...facts } = await this.facts(reply, actor, id);
    const data = {
      ...facts,
      title: t(asked.title),
      today: londonDate(this.clock.now()),
      words: { full: fullFor(t), places: placesWords(t) },
      ...(shown?.status === 412 ? { notice: overtakenBy(facts.rows, `${facts.base}/${form}`, t) } : {}),
    };
    await this.frame.show(reply, asked.template, data, shown);
  }

  /** What was last said by link is taken back by link; whoever is signed in says it anew. */
  private async facts(reply: FastifyReply, actor: MemberActor, id: string) {
    const speech = speechFor(reply.request);
    const check = await this.queries.listing(actor, id);
    return {
      t: speech.t,
      base: addressOf(id),
      ...listingPage(check, this.clock.now(), speech, telling(check)),
      canTell: true,
      signsIn: false,
      undoUntil: null,
      stage: speech.t(`service.stage.${check.state === 'closed' ? 'paused' : check.state}`),
      stageName: speech.t(`ours.state.${check.state}`),
      returned: check.returnedBecause,
      told: check.state === 'published' || check.state === 'paused',
    };
  }
}

/** Whoever signs in for the group keeps its contact too. */
const telling = ({ id }: ListingCheck) => ({
  base: addressOf(id),
  claim: '/desk/group/contact',
  byLink: false,
});
