import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** What every key begins with, so that a scanner of published code knows one wherever it lies about. */
export const KEY_PREFIX = 'betony_key_';
const KEY = new RegExp(`^${KEY_PREFIX}[A-Za-z0-9_-]{43}$`);

/** 256 bits after the prefix. */
export const programKey = (secret: string): string => KEY_PREFIX + secret;

/** The key in an Authorization header; null where it holds something else, such as a person's token. */
export function keyIn(authorization: string | undefined): string | null {
  const [, token] = /^Bearer +(\S+)$/i.exec(authorization ?? '') ?? [];
  return token !== undefined && KEY.test(token) ? token : null;
}

/**
 * An address or a network as PostgreSQL writes it: 192.0.2.7 as 192.0.2.7/32, 192.0.2.7/24 as 192.0.2.0/24. Null for
 * anything else, and for a network that is all there are, which no list is.
 */
export function networkOf(text: string): string | null {
  const [address = '', bits, ...more] = text.trim().split('/');
  const kind = isIP(address);
  if (kind === 0 || address.includes('%') || more.length > 0) return null;
  const most = kind === 4 ? 32 : 128;
  if (bits !== undefined && !/^\d{1,3}$/.test(bits)) return null;
  const prefix = bits === undefined ? most : Number(bits);
  if (prefix < 1 || prefix > most) return null;
  const cidr = `${address}/${String(prefix)}`;
  const network =
    kind === 4 ? ipaddr.IPv4.networkAddressFromCIDR(cidr) : ipaddr.IPv6.networkAddressFromCIDR(cidr);
  return `${network.toString()}/${String(prefix)}`;
}

/** Where a request came from; IPv4 that travelled as IPv6 is IPv4. */
export const plainAddress = (address: string): string =>
  isIP(address) === 0 ? '0.0.0.0' : ipaddr.process(address.split('%', 1)[0] ?? '').toString();
