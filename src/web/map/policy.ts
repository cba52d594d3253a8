import { policyWith, policyWithTiles } from '../../platform/http/pages.js';
import type { MapOfPlaces } from './maps.js';

/** Of a page with scripts, and perhaps a map: only one with streets behind it asks anybody else for anything. */
export const policyFor = (nonce: string, map: MapOfPlaces | null | undefined): string =>
  map?.tiles ? policyWithTiles(nonce, map.tiles.url) : policyWith(nonce);
