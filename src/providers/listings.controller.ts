import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import {
  ApiAmend,
  ApiMake,
  ApiRead,
  ApiReadAll,
  ApiReadPage,
  ApiWrite,
  ApiWriteSeen,
} from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import { PageQuery, type Page } from '../platform/http/pagination.js';
import { IfMatch, IfMatchIfSent } from '../platform/http/version.js';
import { ProviderHistoryQueries } from './history.queries.js';
import { ListingSearch } from './listing-search.queries.js';
import {
  AmendListing,
  CreateListing,
  DeclareFull,
  ListingListQuery,
  ListingView,
  MoveListing,
  ReturnListing,
  SearchPage,
  SearchQuery,
  SetPlaces,
} from './listing.dto.js';
import { ListingsQueries } from './listings.queries.js';
import { ListingsService } from './listings.service.js';
import { ProviderChangeView } from './provider.dto.js';
import { ServiceCapacity, ServiceCapacityInput } from './service-capacity.dto.js';

/** Pages call a listing a service. */
@ApiTags('Services')
@Controller('listings')
export class ListingsController {
  constructor(
    private readonly listings: ListingsService,
    private readonly queries: ListingsQueries,
    private readonly finder: ListingSearch,
    private readonly history: ProviderHistoryQueries,
  ) {}

  @Get()
  @Can('listing.search')
  @ApiRead(
    SearchPage,
    'Find published services',
    'Best words first, then nearest. An unknown distance is said and excludes nothing unless withinMiles is given.',
  )
  search(@CurrentActor() actor: MemberActor, @Query() query: SearchQuery): Promise<SearchPage> {
    return this.finder.search(actor, query);
  }

  @Get('managed')
  @Can('listing.list')
  @ApiReadPage(ListingView, 'Services in any state: what waits for review, and what a group keeps')
  list(@CurrentActor() actor: MemberActor, @Query() query: ListingListQuery): Promise<Page<ListingView>> {
    return this.queries.list(actor, query);
  }

  @Post()
  @Can('listing.create')
  @ApiMake(ListingView, 'Describe a service, as a draft or for review')
  async create(@CurrentActor() actor: MemberActor, @Body() body: CreateListing): Promise<ListingView> {
    return this.queries.get(actor, await this.listings.create(actor, body));
  }

  @Get(':id')
  @Can('listing.get')
  @ApiRead(ListingView, 'One service')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<ListingView> {
    return this.queries.get(actor, id);
  }

  @Patch(':id')
  @Can('listing.amend')
  @ApiAmend(ListingView, 'Amend a service; what is left out stays as it was')
  async amend(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @IfMatch() version: number,
    @Body() body: AmendListing,
  ): Promise<ListingView> {
    return this.queries.get(actor, await this.listings.amend(actor, id, version, body));
  }

  @Get(':id/history')
  @Can('listing.get')
  @ApiReadPage(ProviderChangeView, 'What was done to a service, newest first')
  readHistory(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query() query: PageQuery,
  ): Promise<Page<ProviderChangeView>> {
    return this.history.ofListing(actor, id, query);
  }

  @Post(':id/submit')
  @Can('listing.create')
  @ApiWrite(ListingView, 'Ask a manager to look at a draft')
  async submit(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<ListingView> {
    return this.queries.get(actor, await this.listings.submit(actor, id));
  }

  @Post(':id/return')
  @Can('listing.publish')
  @ApiWrite(ListingView, 'Send a service back with what to put right')
  async return(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: ReturnListing,
  ): Promise<ListingView> {
    return this.queries.get(actor, await this.listings.return(actor, id, body));
  }

  @Post(':id/publish')
  @Can('listing.publish')
  @ApiWrite(ListingView, 'Let link workers find a service')
  async publish(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<ListingView> {
    return this.queries.get(actor, await this.listings.publish(actor, id));
  }

  @Post(':id/pause')
  @Can('listing.pause')
  @ApiWrite(ListingView, 'Take no new people for now')
  async pause(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: MoveListing,
  ): Promise<ListingView> {
    return this.queries.get(actor, await this.listings.pause(actor, id, body));
  }

  @Post(':id/resume')
  @Can('listing.pause')
  @ApiWrite(ListingView, 'Start again after a pause')
  async resume(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<ListingView> {
    return this.queries.get(actor, await this.listings.resume(actor, id));
  }

  @Post(':id/close')
  @Can('listing.close')
  @ApiWrite(ListingView, 'Close a service')
  async close(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: MoveListing,
  ): Promise<ListingView> {
    return this.queries.get(actor, await this.listings.close(actor, id, body));
  }

  @Post(':id/reopen')
  @Can('listing.publish')
  @ApiWrite(ListingView, 'Make a closed service a draft again')
  async reopen(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: MoveListing,
  ): Promise<ListingView> {
    return this.queries.get(actor, await this.listings.reopen(actor, id, body));
  }

  @Post(':id/places')
  @Can('listing.setPlaces')
  @ApiWriteSeen(ListingView, 'Say how many places there are, or that it is full until a day')
  async setPlaces(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @IfMatchIfSent() seen: number | undefined,
    @Body() body: SetPlaces,
  ): Promise<ListingView> {
    return this.queries.get(actor, await this.listings.setPlaces(actor, id, body, seen));
  }

  @Post(':id/full')
  @Can('listing.setPlaces')
  @ApiWrite(ListingView, '"We are full until...", or that there is room again')
  async declareFull(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: DeclareFull,
  ): Promise<ListingView> {
    return this.queries.get(actor, await this.listings.declareFull(actor, id, body));
  }

  @Get(':id/service-capacity')
  @Can('listing.get')
  @ApiReadAll(
    ServiceCapacity,
    'The places of a service in the open form of HSDS 3.1',
    'Empty where they are not counted.',
  )
  capacity(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<ServiceCapacity[]> {
    return this.queries.capacity(actor, id);
  }

  @Post(':id/service-capacity')
  @Can('listing.setPlaces')
  @ApiWrite(
    ServiceCapacity,
    'Take over a count in the open form of HSDS 3.1',
    'As many are free as it says; what is promised here stays taken, and there are never more in all than its maximum, which is refused where more are taken. What GET tells is taken back as it stands. A count older than ours is refused (409, older).',
  )
  async setCapacity(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: ServiceCapacityInput,
  ): Promise<ServiceCapacity> {
    const [capacity] = await this.queries.capacity(actor, await this.listings.setCapacity(actor, id, body));
    if (!capacity) throw new Error('Counted places have a capacity.');
    return capacity;
  }

  @Post(':id/confirm')
  @Can('listing.setPlaces')
  @ApiWrite(ListingView, 'Say that everything about a service is still right')
  async confirm(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<ListingView> {
    return this.queries.get(actor, await this.listings.confirm(actor, id));
  }
}
