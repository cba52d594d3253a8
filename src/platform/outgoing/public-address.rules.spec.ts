import { isPublicAddress } from './public-address.rules.js';

describe('addresses of the public internet', () => {
  it.each(['8.8.8.8', '81.2.69.142', '2606:4700:4700::1111', '2a00:1450:4009:81f::200e'])('%s is', (text) => {
    expect(isPublicAddress(text)).toBe(true);
  });

  it.each([
    ['loopback', '127.0.0.1'],
    ['loopback elsewhere', '127.8.8.8'],
    ['this network', '0.0.0.0'],
    ['this network, more of it', '0.1.2.3'],
    ['private, 10', '10.0.0.1'],
    ['private, 172.16', '172.16.0.1'],
    ['private, 172.31', '172.31.255.255'],
    ['private, 192.168', '192.168.1.1'],
    ['link-local, where clouds keep metadata', '169.254.169.254'],
    ['shared between customers', '100.64.0.1'],
    ['documentation', '192.0.2.1'],
    ['benchmarking', '198.18.0.1'],
    ['multicast', '224.0.0.1'],
    ['reserved', '240.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['IPv6 loopback', '::1'],
    ['IPv6 unspecified', '::'],
    ['IPv4 mapped', '::ffff:127.0.0.1'],
    ['a public IPv4 mapped', '::ffff:8.8.8.8'],
    ['IPv4 compatible', '::127.0.0.1'],
    ['NAT64', '64:ff9b::7f00:1'],
    ['local NAT64', '64:ff9b:1::a00:1'],
    ['6to4', '2002:7f00:1::'],
    ['Teredo', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
    ['unique local', 'fd00:ec2::254'],
    ['IPv6 link-local', 'fe80::1'],
    ['site-local', 'fec0::1'],
    ['IPv6 multicast', 'ff02::1'],
    ['IPv6 documentation', '2001:db8::1'],
    ['IPv6 documentation, newer', '3fff::1'],
    ['ORCHID', '2001:20::1'],
    ['discard', '100::1'],
    ['6to4 relays', '192.88.99.1'],
    ['protocol assignments', '192.0.0.170'],
    ['a public one of a zone', '2606:4700:4700::1111%eth0'],
    ['octal', '010.8.8.8'],
    ['hexadecimal', '0x8.8.8.8'],
    ['short', '8.8'],
    ['a number', '134744072'],
    ['a name', 'localhost'],
    ['nothing', ''],
  ])('%s is not: %s', (_what, text) => {
    expect(isPublicAddress(text)).toBe(false);
  });
});
