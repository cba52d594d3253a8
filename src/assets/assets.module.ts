import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AssetMapController } from './asset-map.controller.js';
import { Asset } from './asset.entity.js';
import { AssetsQueries } from './assets.queries.js';
import { AssetsService } from './assets.service.js';
import { NeighbourhoodsController } from './neighbourhoods.controller.js';
import { NeighbourhoodsQueries } from './neighbourhoods.queries.js';

@Module({
  imports: [TypeOrmModule.forFeature([Asset])],
  controllers: [NeighbourhoodsController, AssetMapController],
  providers: [NeighbourhoodsQueries, AssetsService, AssetsQueries],
  exports: [AssetsService],
})
export class AssetsModule {}
