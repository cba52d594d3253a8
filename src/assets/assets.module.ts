import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ClientsModule } from '../clients/clients.module.js';
import { ProvidersModule } from '../providers/providers.module.js';
import { AssetMapController } from './asset-map.controller.js';
import { Asset } from './asset.entity.js';
import { AssetsQueries } from './assets.queries.js';
import { AssetsService } from './assets.service.js';
import { GroupLinks } from './group-links.service.js';
import './help-timeline.js';
import { AssetsTakePart } from './assets.hooks.js';
import { HelpController } from './help.controller.js';
import { HelpQueries } from './help.queries.js';
import { Help } from './help.service.js';
import { NeighbourhoodsController } from './neighbourhoods.controller.js';
import { NeighbourhoodsQueries } from './neighbourhoods.queries.js';
import { OutlinesQueries } from './outlines.queries.js';
import { OutlinesService } from './outlines.service.js';
import { SurveysController } from './surveys.controller.js';
import { SurveysQueries } from './surveys.queries.js';
import { Surveys } from './surveys.service.js';
import { VolunteeringController } from './volunteering.controller.js';
import { VolunteeringQueries } from './volunteering.queries.js';
import { Volunteering } from './volunteering.service.js';

@Module({
  imports: [ClientsModule, ProvidersModule, TypeOrmModule.forFeature([Asset])],
  controllers: [
    NeighbourhoodsController,
    AssetMapController,
    SurveysController,
    HelpController,
    VolunteeringController,
  ],
  providers: [
    NeighbourhoodsQueries,
    OutlinesQueries,
    OutlinesService,
    AssetsService,
    AssetsQueries,
    GroupLinks,
    Surveys,
    SurveysQueries,
    Help,
    HelpQueries,
    Volunteering,
    VolunteeringQueries,
    AssetsTakePart,
  ],
  exports: [
    AssetsQueries,
    AssetsService,
    GroupLinks,
    Help,
    HelpQueries,
    NeighbourhoodsQueries,
    OutlinesQueries,
    OutlinesService,
    Surveys,
    SurveysQueries,
    Volunteering,
    VolunteeringQueries,
  ],
})
export class AssetsModule {}
