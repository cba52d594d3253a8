import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiMake, ApiReadAll, ApiWriteSeen } from '../platform/http/api.js';
import { IfMatchIfSent } from '../platform/http/version.js';
import { Id } from '../platform/http/id-param.js';
import { ListingView } from './listing.dto.js';
import { ListingsQueries } from './listings.queries.js';
import { NewPlacePeriod, PlacePeriodTotal, PlacePeriodView } from './place-period.dto.js';
import { PlacePeriods } from './place-periods.service.js';

/** Other numbers of places for a session or a part of the year. */
@ApiTags('Services')
@Controller('listings/:id/periods')
export class PlacePeriodsController {
  constructor(
    private readonly periods: PlacePeriods,
    private readonly queries: ListingsQueries,
  ) {}

  @Get()
  @Can('listing.get')
  @ApiReadAll(
    PlacePeriodView,
    'Sessions and times with places of their own',
    'Those that have not ended, in the order they were made.',
  )
  list(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<PlacePeriodView[]> {
    return this.queries.periods(actor, id);
  }

  @Post()
  @Can('listing.setPlaces')
  @ApiMake(ListingView, 'Count places apart for a session or a part of the year, such as Tuesdays or winter')
  async add(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: NewPlacePeriod,
  ): Promise<ListingView> {
    return this.queries.get(actor, await this.periods.add(actor, id, body));
  }

  @Post(':periodId/places')
  @Can('listing.setPlaces')
  @ApiWriteSeen(ListingView, 'Say how many places a session or time has; never fewer than are taken')
  async setTotal(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('periodId') periodId: string,
    @IfMatchIfSent() seen: number | undefined,
    @Body() { total }: PlacePeriodTotal,
  ): Promise<ListingView> {
    return this.queries.get(actor, await this.periods.setTotal(actor, id, periodId, total, seen));
  }

  @Post(':periodId/end')
  @Can('listing.setPlaces')
  @ApiWriteSeen(
    ListingView,
    'End a session or time: nobody new, and those who come already keep their places',
  )
  async end(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('periodId') periodId: string,
    @IfMatchIfSent() seen: number | undefined,
  ): Promise<ListingView> {
    return this.queries.get(actor, await this.periods.end(actor, id, periodId, seen));
  }
}
