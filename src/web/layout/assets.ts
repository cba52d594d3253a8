import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { sha256 } from '../../platform/pure/hash.js';

const NHSUK = createRequire(import.meta.url).resolve('nhsuk-frontend/dist/nhsuk/nhsuk-frontend.min.js');
const SCRIPTS = new URL('../scripts/', import.meta.url);

const styles = (name: string): { address: string; body: Buffer } => {
  const body = readFileSync(new URL(`${name}.css`, import.meta.url));
  return { address: `${name}.${sha256(body).slice(0, 16)}.css`, body };
};

/** For link pages, small enough for an old phone; and for staff pages, which have every component. */
const BETONY = styles('betony');
const STAFF = styles('staff');

const scripts = new Map<string, Buffer>([
  ['nhsuk-frontend.js', readFileSync(NHSUK)],
  ...readdirSync(SCRIPTS)
    .filter((name) => name.endsWith('.js'))
    .map((name) => [name, readFileSync(new URL(name, SCRIPTS))] as const),
]);
/** One for all, so that a script finds the others of its own age beside it. */
const age = sha256([...scripts.values()].map((body) => sha256(body)).join()).slice(0, 16);

/** What pages load, by an address that changes with what is in it: browsers may keep it for a year. */
export const ASSETS = {
  styles: new Map([BETONY, STAFF].map(({ address, body }) => [address, body])),
  scripts: new Map([...scripts].map(([name, body]) => [`${age}/${name}`, body])),
};

export const STYLESHEET = `/styles/${BETONY.address}`;
export const STAFF_STYLESHEET = `/styles/${STAFF.address}`;
export const scriptAddress = (name: string): string => `/scripts/${age}/${name}`;
