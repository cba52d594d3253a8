import { Controller, Get, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { Id } from '../../platform/http/id-param.js';
import { type ListingView, SetPlaces } from '../../providers/listing.dto.js';
import { ListingsQueries } from '../../providers/listings.queries.js';
import { ListingsService } from '../../providers/listings.service.js';
import { NewPlacePeriod, PlacePeriodTotal } from '../../providers/place-period.dto.js';
import { PlacePeriods } from '../../providers/place-periods.service.js';
import { ProvidersQueries } from '../../providers/providers.queries.js';
import { dayBoxes } from '../layout/dates.js';
import { Desk } from '../layout/desk.js';
import {
  besideField,
  type Form,
  newForm,
  ofVersion,
  overtaken,
  readChange,
  readForm,
  seenIn,
  take,
  versionIn,
} from '../layout/forms.js';
import { choicesOf } from '../layout/words.js';
import { CARD_WORDS } from '../listing/card.words.js';
import {
  listingAsTyped,
  listingSent,
  NEW_SERVICE,
  readListing,
  readNewListing,
  timesIn,
} from '../listing/listing.form.js';
import { listingChoices, PLACES_KIND_WORDS, READINESS_WORDS } from '../listing/listing.words.js';
import { say } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/listings';

/** Writing a service down: a new one, changes, its places, and how link workers see it. */
@ApiExcludeController()
@Controller('desk')
export class ListingFormsController {
  constructor(
    private readonly desk: Desk,
    private readonly queries: ListingsQueries,
    private readonly listings: ListingsService,
    private readonly groups: ProvidersQueries,
    private readonly periods: PlacePeriods,
  ) {}

  @Get('groups/:id/services/new')
  @Can('listing.create')
  async ask(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.newPage(reply, actor, id, newForm(NEW_SERVICE));
  }

  @Post('groups/:id/services/new')
  @Can('listing.create')
  async create(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    reply.request.body = listingSent(reply.request.body);
    await take(
      reply,
      async (body) => `${ADDRESS}/${await this.listings.create(actor, await readNewListing(id, body))}`,
      (form) => this.newPage(reply, actor, id, form),
    );
  }

  @Get('listings/:id/change')
  @Can('listing.amend')
  async askChange(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.changePage(reply, actor, id, null);
  }

  @Post('listings/:id/change')
  @Can('listing.amend')
  async change(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    reply.request.body = listingSent(reply.request.body);
    await take(
      reply,
      async (body) => {
        const input = await readListing(body);
        return `${ADDRESS}/${await this.listings.amend(actor, id, versionIn(body), input)}`;
      },
      (form) => this.changePage(reply, actor, id, form),
    );
  }

  @Get('listings/:id/preview')
  @Can('listing.get')
  async preview(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const listing = await this.queries.get(actor, id);
    const gates = await this.queries.readiness(actor, id);
    await this.desk.show(reply, actor, 200, 'managers/pages/listing-preview.njk', {
      title: say('How link workers see {{name}}', { name: listing.name }),
      listing,
      gates,
      words: { ...CARD_WORDS, gate: READINESS_WORDS },
    });
  }

  @Get('listings/:id/places')
  @Can('listing.setPlaces')
  async askPlaces(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.placesPage(reply, actor, id, null);
  }

  @Post('listings/:id/places')
  @Can('listing.setPlaces')
  async setPlaces(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const { total, ...texts } = body as Record<string, unknown>;
        // A number that was never asked for is no answer, rather than a wrong one.
        const input = await readChange(SetPlaces, total === '' ? texts : body);
        return `${ADDRESS}/${await this.listings.setPlaces(actor, id, input, seenIn(body))}`;
      },
      (form) => this.placesPage(reply, actor, id, form),
    );
  }

  @Post('listings/:id/periods')
  @Can('listing.setPlaces')
  async addPeriod(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.periods.add(actor, id, await readForm(NewPlacePeriod, body));
        return `${ADDRESS}/${id}/periods`;
      },
      (form) => this.periodsPage(reply, actor, id, form),
    );
  }

  @Get('listings/:id/periods')
  @Can('listing.setPlaces')
  async askPeriods(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.periodsPage(reply, actor, id, newForm());
  }

  @Get('listings/:id/periods/:periodId')
  @Can('listing.setPlaces')
  async askPeriod(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('periodId') periodId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.periodPage(reply, actor, id, periodId, null);
  }

  @Post('listings/:id/periods/:periodId')
  @Can('listing.setPlaces')
  async setPeriod(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('periodId') periodId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const { total } = await readForm(PlacePeriodTotal, body);
        await this.periods.setTotal(actor, id, periodId, total, seenIn(body));
        return `${ADDRESS}/${id}/periods`;
      },
      (form) => this.periodPage(reply, actor, id, periodId, form),
    );
  }

  @Post('listings/:id/periods/:periodId/end')
  @Can('listing.setPlaces')
  async endPeriod(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('periodId') periodId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.periods.end(actor, id, periodId, seenIn(body));
        return `${ADDRESS}/${id}/periods`;
      },
      (form) => this.periodPage(reply, actor, id, periodId, form),
    );
  }

  private async periodsPage(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const listing = await this.queries.get(actor, id);
    await this.desk.show(reply, actor, form.status, 'managers/pages/listing-periods.njk', {
      title: say('Sessions and times of {{name}}', { name: listing.name }),
      listing,
      periods: await this.queries.periods(actor, id),
      form,
    });
  }

  private async periodPage(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    periodId: string,
    tried: Form | null,
  ): Promise<void> {
    const listing = await this.queries.get(actor, id);
    const period = (await this.queries.periods(actor, id)).find((one) => one.id === periodId);
    if (!period) throw Refusal.notFound();
    const form = ofVersion(
      tried ? besideField(tried, 'places-taken', 'total') : newForm({ total: String(period.total) }),
      listing,
    );
    await this.desk.show(reply, actor, form.status, 'managers/pages/listing-period.njk', {
      title: `${period.name}, ${listing.name}`,
      listing,
      period,
      form,
      other: newForm({}, listing.version),
    });
  }

  private async newPage(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const group = await this.groups.get(actor, id);
    await this.desk.show(reply, actor, form.status, 'managers/pages/listing-new.njk', {
      title: say('Add a service of {{name}}', { name: group.name }),
      group,
      form,
      times: timesIn(form),
      choices: listingChoices([]),
    });
  }

  private async changePage(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    sent: Form | null,
  ): Promise<void> {
    const listing = await this.queries.get(actor, id);
    const form = sent ? overtaken(sent, listing) : newForm(listingAsTyped(listing), listing.version);
    await this.desk.show(reply, actor, form.status, 'managers/pages/listing-change.njk', {
      title: say('Change {{name}}', { name: listing.name }),
      listing,
      form,
      times: timesIn(form),
      choices: listingChoices(listing.languages),
      words: CARD_WORDS,
    });
  }

  private async placesPage(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    form: Form | null,
  ): Promise<void> {
    const listing = await this.queries.get(actor, id);
    const periods = await this.queries.periods(actor, id);
    await this.desk.show(reply, actor, form?.status ?? 200, 'managers/pages/listing-places.njk', {
      title: say('Places of {{name}}', { name: listing.name }),
      listing,
      periods,
      form: ofVersion(
        form ? besideField(form, 'places-taken', 'total') : newForm(placesAsTyped(listing)),
        listing,
      ),
      choices: { places: choicesOf(PLACES_KIND_WORDS) },
      words: CARD_WORDS,
    });
  }
}

const placesAsTyped = ({ places }: ListingView): Form['values'] => ({
  kind: places.kind,
  total: String(places.total ?? ''),
  ...dayBoxes('fullUntil', places.fullUntil),
});
