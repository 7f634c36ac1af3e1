import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import {
  addressKind,
  createPeerPolicy,
  isLan,
  lanAddress,
  limitKey,
  machineKindOf,
  networkKey,
  networks,
  normalAddress,
  parseDefaultGateways,
  parseDefaultGateways6,
} from './peers.js';

const kindOf = (address: string) =>
  addressKind(address, new Set(['192.168.1.5', '172.17.0.1']), new Set(['192.168.1.1']));

describe('the origin of a request', () => {
  it('distinguishes the kinds of addresses', () => {
    const kinds: Record<string, string> = {
      '127.0.0.1': 'loopback',
      '127.8.8.8': 'loopback',
      '::1': 'loopback',
      '192.168.1.5': 'own',
      '172.17.0.1': 'own',
      '192.168.1.1': 'gateway',
      '192.168.1.77': 'private',
      '10.1.2.3': 'private',
      '172.31.255.255': 'private',
      '169.254.3.4': 'private',
      'fe80::1': 'private',
      'fd12::1': 'private',
      '172.32.0.1': 'public',
      // Strangers share addresses of carrier-grade NAT.
      '100.64.0.1': 'public',
      '8.8.8.8': 'public',
      '2001:db8::1': 'public',
      '': 'public',
      nonsense: 'public',
    };
    for (const [address, kind] of Object.entries(kinds)) expect([address, kindOf(address)]).toEqual([address, kind]);
  });

  it('accepts forwarding headers only from trusted proxies, and uses the nearest untrusted address', () => {
    const policy = createPeerPolicy({ trustedProxies: ['10.0.0.0/24', '::1'], kindOf });
    const from = (socket: string, chain?: string): string =>
      policy.identify(socket, chain === undefined ? {} : { 'x-forwarded-for': chain }).address;
    expect(from('::ffff:192.168.1.77')).toBe('192.168.1.77');
    expect(from('203.0.113.5', '192.168.1.77')).toBe('203.0.113.5');
    expect(from('10.0.0.2', '192.168.1.77')).toBe('192.168.1.77');
    expect(from('10.0.0.2', '1.1.1.1, 203.0.113.9')).toBe('203.0.113.9');
    expect(from('10.0.0.2', '203.0.113.9, 10.0.0.3')).toBe('203.0.113.9');
    expect(from('10.0.0.2', '192.168.1.77, garbage')).toBe('10.0.0.2');
    expect(from('10.0.0.2')).toBe('10.0.0.2');
    expect(policy.identify('10.0.0.2', {})).toMatchObject({ forwarded: false, viaTrustedProxy: true });
    expect(policy.identify('192.168.1.77', { via: '1.1 x' })).toMatchObject({
      forwarded: true,
      viaTrustedProxy: false,
      kind: 'private',
    });
    expect(policy.identify(undefined, {})).toMatchObject({ kind: 'public' });
  });

  it('reads an address with its port, and treats a client without a named address as unknown', () => {
    const policy = createPeerPolicy({ trustedProxies: ['192.168.1.2', '127.0.0.1'], kindOf });
    const peer = (chain: string | undefined, socket = '192.168.1.2') =>
      policy.identify(socket, chain === undefined ? {} : { 'x-forwarded-for': chain });
    for (const [chain, address, kind] of [
      ['8.8.8.8:443', '8.8.8.8', 'public'],
      ['[2001:DB8:0::1]', '2001:db8::1', 'public'],
      ['[2001:db8::1]:4711', '2001:db8::1', 'public'],
      ['"[2001:db8::1]:4711"', '2001:db8::1', 'public'],
      ['::ffff:c0a8:0177', '192.168.1.119', 'private'],
      ['192.168.1.77:5000', '192.168.1.77', 'private'],
      ['unknown', '192.168.1.2', 'public'],
      ['8.8.8.8:', '192.168.1.2', 'public'],
      ['', '192.168.1.2', 'public'],
    ] as const)
      expect([chain, peer(chain)]).toEqual([chain, { address, kind, forwarded: true, viaTrustedProxy: true }]);
    expect(peer(undefined)).toMatchObject({ kind: 'public' });
    expect([peer('192.168.1.77'), peer(undefined)].map(isLan)).toEqual([false, false]);
    expect(peer(undefined, '127.0.0.1')).toMatchObject({ kind: 'loopback', forwarded: false });
    expect(policy.identify('127.0.0.1', { 'x-real-ip': '1.2.3.4' })).toMatchObject({ kind: 'public' });
  });

  it('recognises forwarding headers, also if no proxy is trusted', () => {
    const policy = createPeerPolicy({ trustedProxies: [], kindOf });
    for (const name of [
      'x-client-ip',
      'x-azure-clientip',
      'fastly-client-ip',
      'x-original-forwarded-for',
      'cf-ray',
      'x-amzn-trace-id',
    ])
      expect([name, isLan(policy.identify('192.168.1.77', { [name]: 'x' }))]).toEqual([name, false]);
    expect(isLan(policy.identify('192.168.1.77', { 'user-agent': 'x' }))).toBe(true);
  });

  it('looks up its own addresses once for many requests, and finds a new one within a second', async () => {
    const clock = new FakeClock();
    let addresses = ['203.0.113.7'];
    let lookUps = 0;
    const kind = await machineKindOf(clock, () => {
      lookUps += 1;
      return addresses;
    });
    for (let request = 0; request < 500; request++) expect(kind('203.0.113.7')).toBe('own');
    expect(lookUps).toBe(1);
    addresses = ['203.0.113.8'];
    await clock.advance(1000);
    expect([kind('203.0.113.7'), kind('203.0.113.8')]).toEqual(['public', 'own']);
  });

  it('keeps the known addresses if the look-up fails', async () => {
    const clock = new FakeClock();
    let addresses = (): readonly string[] => ['203.0.113.7'];
    const kind = await machineKindOf(clock, () => addresses());
    expect(kind('203.0.113.7')).toBe('own');
    addresses = () => {
      throw new Error('too many open files');
    };
    await clock.advance(1000);
    expect(kind('203.0.113.7')).toBe('own');
    addresses = () => ['203.0.113.8'];
    await clock.advance(1000);
    expect([kind('203.0.113.7'), kind('203.0.113.8')]).toEqual(['public', 'own']);
  });

  it('reads the default gateway of the routing table', () => {
    const table =
      'Iface\tDestination\tGateway\tFlags\neth0\t00000000\t0101A8C0\t0003\n' +
      'eth0\t0001A8C0\t00000000\t0001\nwg0\t00000000\t00000000\t0001\n';
    expect(parseDefaultGateways(table)).toEqual(['192.168.1.1']);
    expect(parseDefaultGateways('')).toEqual([]);
    const six = [
      '00000000000000000000000000000000 00 00000000000000000000000000000000 00 ' +
        'fe80000000000000021132fffe123456 00000400 00000001 00000000 00450003 eth0',
      'fe800000000000000000000000000000 40 00000000000000000000000000000000 00 ' +
        '00000000000000000000000000000000 00000100 00000001 00000000 00000001 eth0',
      '00000000000000000000000000000000 00 00000000000000000000000000000000 00 ' +
        '00000000000000000000000000000000 ffffffff 00000001 00000000 00200200 lo',
    ].join('\n');
    expect(parseDefaultGateways6(six)).toEqual(['fe80::211:32ff:fe12:3456']);
    expect(parseDefaultGateways6('')).toEqual([]);
  });

  it('limits the whole /64 of an IPv6 customer as one client, and picks an address that the firmware can reach', () => {
    expect(limitKey('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
    expect(limitKey('2001:db8:1:2::9')).toBe('2001:db8:1:2::/64');
    expect(limitKey('2001:db8::9')).toBe('2001:db8:0:0::/64');
    expect(limitKey(normalAddress('2001:0DB8:0001:0002:0:0:0:9'))).toBe('2001:db8:1:2::/64');
    expect([networkKey('203.0.113.7'), networkKey('2001:db8:1:2::9')]).toEqual(['203.0.113.0/24', '2001:db8:1::/48']);
    expect(limitKey('::1')).toBe('0:0:0:0::/64');
    expect(limitKey('10.0.0.1')).toBe('10.0.0.1');
    expect(normalAddress('FE80::1%eth0')).toBe('fe80::1');
    expect(lanAddress(['127.0.0.1', 'fd12::1', '169.254.1.1', '8.8.8.8', '192.168.1.5'])).toBe('192.168.1.5');
    expect(lanAddress(['::1'])).toBeUndefined();
  });
});

it('a set of networks contains the addresses in these networks, and nothing else', () => {
  const list = networks(['192.168.1.0/24', '203.0.113.7', 'fd00::/8']);
  const asked = ['192.168.1.20', '203.0.113.7', 'fd12::1', '192.168.2.20', '203.0.113.8', 'fe80::1', '', 'a'];
  expect(asked.map((address) => list.has(address))).toEqual([true, true, true, false, false, false, false, false]);
});
