import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { IdentityModule } from '../identity/identity.module.js';
import { AssuranceController } from './assurance.controller.js';
import { AssuranceQueries } from './assurance.queries.js';
import { AssuranceService } from './assurance.service.js';
import { ClaimsController } from './claims.controller.js';
import { SendProofOfClaim, TellAddressBeforeClaim, TellOfClaim } from './claims.handler.js';
import { ClaimsQueries } from './claims.queries.js';
import { Claims } from './claims.service.js';
import { Closures } from './closures.service.js';
import { CovenantsController } from './covenants.controller.js';
import { CovenantsQueries } from './covenants.queries.js';
import { CovenantsService } from './covenants.service.js';
import { EvidenceController } from './evidence.controller.js';
import { EvidenceQueries } from './evidence.queries.js';
import { EvidenceService } from './evidence.service.js';
import { EvidenceTicks } from './evidence.ticks.js';
import { ProviderHistoryQueries } from './history.queries.js';
import { HubsController } from './hubs.controller.js';
import { HubsQueries } from './hubs.queries.js';
import { HubsService } from './hubs.service.js';
import { ListingSearch } from './listing-search.queries.js';
import { Listing } from './listing.entity.js';
import { ListingsController } from './listings.controller.js';
import { ListingsQueries } from './listings.queries.js';
import { ListingsService } from './listings.service.js';
import { PlacePeriods } from './place-periods.service.js';
import { PlacePeriodsController } from './place-periods.controller.js';
import { PlacePeriodTicks } from './place-periods.ticks.js';
import { Provider } from './provider.entity.js';
import { PublishedServices } from './published-services.queries.js';
import { ProviderHooks } from './provider.hooks.js';
import { ProvidersController } from './providers.controller.js';
import { ProvidersHooks } from './providers.hooks.js';
import { ProvidersQueries } from './providers.queries.js';
import { ProvidersService } from './providers.service.js';
import { RhythmController } from './rhythm.controller.js';
import { RhythmQueries } from './rhythm.queries.js';
import { RhythmService } from './rhythm.service.js';

@Module({
  imports: [IdentityModule, TypeOrmModule.forFeature([Provider, Listing])],
  controllers: [
    ProvidersController,
    ListingsController,
    AssuranceController,
    CovenantsController,
    RhythmController,
    EvidenceController,
    ClaimsController,
    PlacePeriodsController,
    HubsController,
  ],
  providers: [
    ProvidersService,
    ProvidersQueries,
    Closures,
    Claims,
    ClaimsQueries,
    SendProofOfClaim,
    TellAddressBeforeClaim,
    TellOfClaim,
    ListingsService,
    ListingsQueries,
    ListingSearch,
    ProviderHistoryQueries,
    AssuranceService,
    AssuranceQueries,
    CovenantsService,
    CovenantsQueries,
    EvidenceService,
    EvidenceQueries,
    EvidenceTicks,
    PlacePeriods,
    PlacePeriodTicks,
    PublishedServices,
    ProviderHooks,
    ProvidersHooks,
    RhythmService,
    RhythmQueries,
    HubsService,
    HubsQueries,
  ],
  exports: [
    AssuranceQueries,
    AssuranceService,
    Claims,
    ClaimsQueries,
    Closures,
    CovenantsQueries,
    CovenantsService,
    EvidenceQueries,
    EvidenceService,
    HubsQueries,
    HubsService,
    ProvidersService,
    PlacePeriods,
    ProvidersQueries,
    RhythmQueries,
    RhythmService,
    ListingsService,
    ListingsQueries,
    ListingSearch,
    PublishedServices,
    ProviderHooks,
  ],
})
export class ProvidersModule {}
