import { Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import { type Action, reachOf } from '../../permissions/permission.table.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { Id } from '../../platform/http/id-param.js';
import {
  ListingListQuery,
  type ListingView,
  MoveListing,
  ReturnListing,
} from '../../providers/listing.dto.js';
import { listingLifecycle } from '../../providers/listing.lifecycle.js';
import { publishProblems } from '../../providers/listing.rules.js';
import type { ListingState } from '../../providers/listing.types.js';
import { ListingsQueries } from '../../providers/listings.queries.js';
import { ListingsService } from '../../providers/listings.service.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, readForm, readQuery, take } from '../layout/forms.js';
import { type ListOf, ListPages } from '../layout/list-pages.js';
import { choicesOf, NEED_WORDS } from '../layout/words.js';
import { LEVEL_WORDS, LISTING_STATE_COLOURS, LISTING_STATE_WORDS, UNKNOWN_WORDS } from './managers.words.js';
import type { AskedReason } from './reason.js';
import { say, sayAll } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/listings';

/** What is done in one click, and what is asked about first. */
const AT_ONCE: readonly Step[] = sayAll([
  { verb: 'submit', text: 'Send it to be looked at', needs: 'listing.create' },
  { verb: 'publish', text: 'Let link workers find it', needs: 'listing.publish' },
  { verb: 'resume', text: 'Start again after the pause', needs: 'listing.pause' },
  { verb: 'confirm', text: 'All of it is still right', needs: 'listing.setPlaces' },
]);
const ASKED = sayAll([
  {
    verb: 'return',
    text: 'Send it back',
    title: 'Send it back',
    says: 'It is a draft again until the group has put it right.',
    label: 'What should they put right? The group can read it.',
    needs: 'listing.publish',
    warns: false,
  },
  {
    verb: 'pause',
    text: 'Pause it',
    title: 'Pause this service',
    says: 'It takes no new people for now. Those who are with it stay.',
    label: 'Why? Optional; the group can read it.',
    needs: 'listing.pause',
    warns: false,
  },
  {
    verb: 'close',
    text: 'Close it',
    title: 'Close this service',
    says: 'Link workers no longer find it.',
    label: 'Why? Optional; the group can read it.',
    needs: 'listing.close',
    warns: true,
  },
  {
    verb: 'reopen',
    text: 'Make it a draft again',
    title: 'Make this service a draft again',
    says: 'Somebody looks at it before link workers find it.',
    label: 'Why? Optional; the group can read it.',
    needs: 'listing.publish',
    warns: false,
  },
] as const satisfies readonly (Step & { title: string; says: string; label: string; warns: boolean })[]);

/** Pages of their own. */
const CHANGES = sayAll([
  { verb: 'amend', text: 'Change it', page: 'change', needs: 'listing.amend' },
  { verb: 'setPlaces', text: 'Places', page: 'places', needs: 'listing.setPlaces' },
] as const satisfies readonly (Step & { page: string })[]);

interface Step {
  verb: keyof typeof listingLifecycle;
  text: string;
  needs: Action;
}

const SERVICES: ListOf<ListingView> = sayAll({
  address: ADDRESS,
  name: 'services',
  columns: [
    { text: 'Service', sort: 'name' },
    { text: 'Group', sort: 'organisation' },
    { text: 'State', sort: 'state' },
    { text: 'Said to be right', sort: 'confirmed' },
  ],
  usual: 'name',
  file: ({ name, organisationName, state, needs, postcode, freshness }) => ({
    [say('Service')]: name,
    [say('Group')]: organisationName,
    [say('State')]: LISTING_STATE_WORDS[state],
    [say('Helps with')]: needs.map((need) => NEED_WORDS[need]).join('; '),
    [say('Postcode')]: postcode,
    [say('Said to be right')]: freshness.confirmedOn,
  }),
});

/** Services of groups as those who run the scheme look after them. */
@ApiExcludeController()
@Controller('desk/listings')
export class ListingPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly lists: ListPages,
    private readonly queries: ListingsQueries,
    private readonly listings: ListingsService,
  ) {}

  @Get()
  @Can('listing.list')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const list = {
      asked,
      query: await readQuery(ListingListQuery, { sort: SERVICES.usual, ...asked }),
      read: (query: ListingListQuery) => this.queries.list(actor, query),
      count: (query: ListingListQuery) => this.queries.count(actor, query),
    };
    await this.lists.show(reply, actor, 'managers/pages/listings.njk', SERVICES, list, (items) => ({
      title: say('Services'),
      items,
      form: { values: asked, wrong: {} },
      states: [{ value: '', text: say('Any') }, ...choicesOf(LISTING_STATE_WORDS)],
      words: { state: LISTING_STATE_WORDS, colour: LISTING_STATE_COLOURS },
    }));
  }

  @Get(':id')
  @Can('listing.get')
  async look(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.page(reply, actor, id, newForm());
  }

  @Post(':id/publish')
  @Can('listing.publish')
  async publish(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async () => `${ADDRESS}/${await this.listings.publish(actor, id)}`,
      (form) => this.page(reply, actor, id, form),
    );
  }

  @Post(':id/submit')
  @Can('listing.create')
  async submit(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async () => `${ADDRESS}/${await this.listings.submit(actor, id)}`,
      (form) => this.page(reply, actor, id, form),
    );
  }

  @Post(':id/confirm')
  @Can('listing.setPlaces')
  async confirm(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async () => `${ADDRESS}/${await this.listings.confirm(actor, id)}`,
      (form) => this.page(reply, actor, id, form),
    );
  }

  @Post(':id/resume')
  @Can('listing.pause')
  async resume(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async () => `${ADDRESS}/${await this.listings.resume(actor, id)}`,
      (form) => this.page(reply, actor, id, form),
    );
  }

  @Get(':id/:verb')
  @Can('listing.get')
  async ask(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Param('verb') verb: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.reason(reply, actor, id, verb, newForm());
  }

  @Post(':id/return')
  @Can('listing.publish')
  return(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    return this.move(reply, actor, id, 'return', async (body) =>
      this.listings.return(actor, id, await readForm(ReturnListing, body)),
    );
  }

  @Post(':id/pause')
  @Can('listing.pause')
  pause(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    return this.move(reply, actor, id, 'pause', async (body) =>
      this.listings.pause(actor, id, await readForm(MoveListing, body)),
    );
  }

  @Post(':id/close')
  @Can('listing.close')
  close(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    return this.move(reply, actor, id, 'close', async (body) =>
      this.listings.close(actor, id, await readForm(MoveListing, body)),
    );
  }

  @Post(':id/reopen')
  @Can('listing.publish')
  reopen(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    return this.move(reply, actor, id, 'reopen', async (body) =>
      this.listings.reopen(actor, id, await readForm(MoveListing, body)),
    );
  }

  private async move(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    verb: string,
    work: (body: unknown) => Promise<string>,
  ): Promise<void> {
    await take(
      reply,
      async (body) => `${ADDRESS}/${await work(body)}`,
      (form) => this.reason(reply, actor, id, verb, form),
    );
  }

  private async page(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const listing = await this.queries.get(actor, id);
    const offered = <S extends Step>(steps: readonly S[]): S[] =>
      steps.filter(
        ({ verb, needs }) => reachOf(needs, actor.role) !== 'none' && leadsFrom(verb, listing.state),
      );
    const missing = publishProblems(listing);
    await this.desk.show(reply, actor, form.status, 'managers/pages/listing.njk', {
      title: listing.name,
      listing,
      form,
      atOnce: offered(AT_ONCE).filter(({ verb }) => verb !== 'publish' || missing.length === 0),
      missing: missing.map(({ message }) => message),
      changes: offered(CHANGES),
      asked: offered(ASKED),
      words: {
        state: LISTING_STATE_WORDS,
        colour: LISTING_STATE_COLOURS,
        need: NEED_WORDS,
        level: LEVEL_WORDS,
        unknown: UNKNOWN_WORDS,
      },
    });
  }

  private async reason(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    verb: string,
    form: Form,
  ): Promise<void> {
    const step = ASKED.find((one) => one.verb === verb);
    if (!step || reachOf(step.needs, actor.role) === 'none') throw Refusal.notFound();
    const listing = await this.queries.get(actor, id);
    const asked: AskedReason = {
      title: step.title,
      back: { text: listing.name, href: `${ADDRESS}/${id}` },
      says: step.says,
      action: `${ADDRESS}/${id}/${verb}`,
      label: step.label,
      buttonText: step.text,
      warns: step.warns,
      form,
    };
    await this.desk.show(reply, actor, form.status, 'managers/pages/reason.njk', asked);
  }
}

const leadsFrom = (verb: Step['verb'], state: ListingState): boolean =>
  listingLifecycle[verb].from?.includes(state) ?? false;
