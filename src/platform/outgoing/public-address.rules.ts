import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Of IPv6 only this is routed in public (IANA's global unicast); what stands in it for IPv4 or for us is taken out below. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether an IP address is one of the public internet. Loopback, private, link-local (and with it every cloud's
 * metadata address), shared, reserved and multicast ones are not; nor is an IPv6 address that carries an IPv4 one
 * (mapped, NAT64, 6to4, Teredo), whatever it carries. What is no address, written in full and of no zone, is not public.
 */
export function isPublicAddress(text: string): boolean {
  if (isIP(text) === 0 || text.includes('%')) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== 'unicast') return false;
  return !(address instanceof ipaddr.IPv6) || address.match(GLOBAL_IPV6);
}
