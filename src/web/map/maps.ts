import { Injectable } from '@nestjs/common';
import type { Outline } from '../../assets/outline.types.js';
import { OutlinesQueries } from '../../assets/outlines.queries.js';
import { Config, type TileSettings } from '../../platform/config/config.js';
import type { Point } from '../../platform/pure/distance.js';
import { MAP_STYLESHEET, scriptAddress } from '../layout/assets.js';
import { type Picture, pictureOf, type Pin } from './picture.js';

/** One of a list, in its order. */
export interface Listed {
  name: string;
  href: string;
  /** Null where it is not known, or nobody may be told. */
  point: Point | null;
}

/** A map beside a list: a picture of it for everybody, and what a script needs to let it be moved. */
export interface MapOfPlaces {
  picture: Picture;
  pins: Pin[];
  outlines: Outline[];
  own: string | null;
  /** Numbers of those in the list that have no place on the map. */
  missing: number[];
  /** Whose the outlines are. */
  sources: string[];
  tiles: TileSettings | null;
  stylesheet: string;
  script: string;
}

@Injectable()
export class Maps {
  constructor(
    private readonly outlines: OutlinesQueries,
    private readonly config: Config,
  ) {}

  /** The map of a list, numbered as it is; null where nothing in it has a place. `own` is the area a page is about. */
  async of(
    schemeId: string,
    list: readonly Listed[],
    own: string | null = null,
  ): Promise<MapOfPlaces | null> {
    const pins = list.flatMap(({ name, href, point }, index): Pin[] =>
      point === null
        ? []
        : [{ number: index + 1, name, href, latitude: fine(point.lat), longitude: fine(point.lon) }],
    );
    if (pins.length === 0) return null;
    const all = await this.outlines.ofScheme(schemeId);
    const picture = pictureOf(pins, all, own);
    if (picture === null) return null;
    return {
      picture,
      pins,
      outlines: all.map(({ name, rings }) => ({ name, rings })),
      own,
      missing: list.flatMap(({ point }, index) => (point === null ? [index + 1] : [])),
      sources: [...new Set(all.map(({ source }) => source))],
      tiles: this.config.tiles,
      stylesheet: MAP_STYLESHEET,
      script: scriptAddress('map.js'),
    };
  }
}

/** To about a metre. */
const fine = (degrees: number): number => Math.round(degrees * 100_000) / 100_000;
