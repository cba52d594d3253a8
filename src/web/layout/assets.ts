import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { LETTERS, SHEETS } from './fonts.js';
import { sha256 } from '../../platform/pure/hash.js';
import type { Language } from '../words/languages.js';

const NHSUK = createRequire(import.meta.url).resolve('nhsuk-frontend/dist/nhsuk/nhsuk-frontend.min.js');
const LEAFLET = createRequire(import.meta.url).resolve('leaflet');
const SCRIPTS = new URL('../scripts/', import.meta.url);

interface Sheet {
  address: string;
  body: Buffer;
}

const sheet = (name: string, body: Buffer): Sheet => ({
  address: `${name}.${sha256(body).slice(0, 16)}.css`,
  body,
});
const styles = (name: string): Sheet => sheet(name, readFileSync(new URL(`${name}.css`, import.meta.url)));

/** Beside one of the others, on pages with a map: Leaflet's own rules, and ours after them. */
const MAP_SHEET = Buffer.concat([
  readFileSync(createRequire(import.meta.url).resolve('leaflet/dist/leaflet.css')),
  readFileSync(new URL('../map/map.css', import.meta.url)),
]);

/** For link pages, small enough for an old phone; and for staff pages, which have every component. */
const BETONY = styles('betony.min');
const STAFF = styles('staff');

/** The small one again, mirrored by the build for what is written from right to left. */
const BETONY_RTL = styles('betony.rtl');

const MAP = sheet('map', MAP_SHEET);

const scripts = new Map<string, Buffer>([
  ['nhsuk-frontend.js', readFileSync(NHSUK)],
  ['leaflet.js', readFileSync(LEAFLET)],
  ...readdirSync(SCRIPTS)
    .filter((name) => name.endsWith('.js'))
    .map((name) => [name, readFileSync(new URL(name, SCRIPTS))] as const),
]);
/** One for all, so that a script finds the others of its own age beside it. */
const age = sha256([...scripts.values()].map((body) => sha256(body)).join()).slice(0, 16);

/** What pages load, by an address that changes with what is in it: browsers may keep it for a year. */
export const ASSETS = {
  styles: new Map(
    [BETONY, BETONY_RTL, STAFF, MAP, ...SHEETS.values()].map(({ address, body }) => [address, body]),
  ),
  scripts: new Map([...scripts].map(([name, body]) => [`${age}/${name}`, body])),
  fonts: new Map(LETTERS.map(({ address, body }) => [address, body])),
};

export const STYLESHEET = `/styles/${BETONY.address}`;
export const RIGHT_TO_LEFT_STYLESHEET = `/styles/${BETONY_RTL.address}`;
export const STAFF_STYLESHEET = `/styles/${STAFF.address}`;
export const MAP_STYLESHEET = `/styles/${MAP.address}`;
export const scriptAddress = (name: string): string => `/scripts/${age}/${name}`;

/** The sheet of the letters that a language needs and an old telephone may lack. */
export const FONTS: Partial<Record<Language, string>> = Object.fromEntries(
  [...SHEETS].map(([language, { address }]) => [language, `/styles/${address}`]),
);
