import { readFile } from 'node:fs/promises';
import { BlockList, isIP, SocketAddress } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Clock } from '../../core/index.js';

/**
 * `own` is this machine under another of its addresses. `gateway` is the default router. Requests that the gateway
 * forwards also seem to come from the gateway, so anybody may have sent them.
 */
export type PeerKind = 'loopback' | 'own' | 'gateway' | 'private' | 'public';

export interface Peer {
  /** The address of the socket, or of the client that a trusted proxy names. IPv4 addresses have no `::ffff:`. */
  readonly address: string;
  readonly kind: PeerKind;
  /** True if any proxy, trusted or not, added a forwarding header. */
  readonly forwarded: boolean;
  /** True if the socket's peer is one of `trustedProxies`. Its `X-Forwarded-*` headers are then valid. */
  readonly viaTrustedProxy: boolean;
}

export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface PeerPolicyOptions {
  /** Addresses or CIDR ranges. */
  readonly trustedProxies: readonly string[];
  readonly kindOf: (address: string) => PeerKind;
}

export interface PeerPolicy {
  identify(socketAddress: string | undefined, headers: Headers): Peer;
}

const FORWARDING_HEADERS = [
  'forwarded',
  'forwarded-for',
  'x-forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-forwarded-server',
  'x-original-forwarded-for',
  'x-vercel-forwarded-for',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-appengine-user-ip',
  'x-azure-clientip',
  'x-azure-socketip',
  'x-envoy-external-address',
  'x-proxyuser-ip',
  'wl-proxy-client-ip',
  'proxy-client-ip',
  'true-client-ip',
  'cf-connecting-ip',
  'cf-ray',
  'cdn-loop',
  'do-connecting-ip',
  'fastly-client-ip',
  'fly-client-ip',
  'x-amzn-trace-id',
  'x-arr-log-id',
  'via',
];
const MAX_FORWARDED_HOPS = 20;
const OWN_ADDRESSES_MS = 1000;

export function createPeerPolicy(options: PeerPolicyOptions): PeerPolicy {
  const trusted = blockList(options.trustedProxies);
  return {
    identify(socketAddress, headers) {
      const peer = normalAddress(socketAddress ?? '');
      const forwarded = FORWARDING_HEADERS.some((name) => headers[name] !== undefined);
      const viaTrustedProxy = contains(trusted, peer);
      if (!viaTrustedProxy) return { address: peer, kind: options.kindOf(peer), forwarded, viaTrustedProxy };
      const client = clientBehind(headers, trusted);
      if (client !== undefined) return { address: client, kind: options.kindOf(client), forwarded, viaTrustedProxy };
      // A request from this machine without a forwarding header was sent by a command, not by a proxy.
      const kind = options.kindOf(peer);
      const here = !forwarded && (kind === 'loopback' || kind === 'own');
      return { address: peer, kind: here ? kind : 'public', forwarded, viaTrustedProxy };
    },
  };
}

/** Tells whether the peer is in the server's own network, and no proxy can have forwarded the request. */
export function isLan({ kind, forwarded, viaTrustedProxy }: Peer): boolean {
  return kind === 'private' && !forwarded && !viaTrustedProxy;
}

/**
 * Returns the last address that is not a trusted proxy, because the client may have forged the addresses before it.
 * Returns the first address if all are trusted.
 */
function clientBehind(headers: Headers, trusted: BlockList): string | undefined {
  const chain = headerText(headers['x-forwarded-for'])?.split(',').slice(-MAX_FORWARDED_HOPS).reverse() ?? [];
  let client: string | undefined;
  for (const hop of chain) {
    const address = normalAddress(withoutPort(hop.trim()));
    if (isIP(address) === 0) return undefined;
    client = address;
    if (!contains(trusted, address)) break;
  }
  return client;
}

/** Some proxies write `192.0.2.1:4711` and `[2001:db8::1]:4711`. */
function withoutPort(hop: string): string {
  const [, bracketed] = /^"?\[([^\]]*)\](?::\d{1,5})?"?$/.exec(hop) ?? [];
  return bracketed ?? hop.replace(/^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/, '$1');
}

export function headerText(value: string | readonly string[] | undefined): string | undefined {
  return value === undefined || typeof value === 'string' ? value : value.join(', ');
}

const PRIVATE_RANGES = blockList([
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  'fc00::/7',
  'fe80::/10',
]);
const LOOPBACK_RANGES = blockList(['127.0.0.0/8', '::1/128']);

/** Shared carrier addresses (100.64.0.0/10) are public, because strangers use them too. */
export function addressKind(address: string, own: ReadonlySet<string>, gateways: ReadonlySet<string>): PeerKind {
  if (contains(LOOPBACK_RANGES, address)) return 'loopback';
  if (own.has(address)) return 'own';
  if (gateways.has(address)) return 'gateway';
  return contains(PRIVATE_RANGES, address) ? 'private' : 'public';
}

/**
 * Looks up this machine's own addresses again after a second, because they may change. A look-up per call took a sixth
 * of the event loop's busy time when 500 devices connected at once.
 */
export async function machineKindOf(
  clock: Clock,
  lookUp: () => readonly string[] = ownAddresses,
): Promise<(address: string) => PeerKind> {
  const [four, six] = await Promise.all(['/proc/net/route', '/proc/net/ipv6_route'].map(textOrNothing));
  const gateways = new Set([...parseDefaultGateways(four ?? ''), ...parseDefaultGateways6(six ?? '')]);
  let own: ReadonlySet<string> = new Set();
  let staleMs = -Infinity;
  return (address) => {
    const nowMs = clock.nowMs();
    if (nowMs >= staleMs) {
      staleMs = nowMs + OWN_ADDRESSES_MS;
      try {
        own = new Set(lookUp());
      } catch {
        // The look-up needs a file descriptor. If the process has none left, the known addresses stay valid.
      }
    }
    return addressKind(address, own, gateways);
  };
}

const textOrNothing = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');

export function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).map((entry) => normalAddress(entry.address)),
  );
}

/** Finds an address by which a device in the same network reaches this machine. The firmware parses no IPv6 address. */
export function lanAddress(addresses: readonly string[] = ownAddresses()): string | undefined {
  return addresses.find(
    (address) => isIP(address) === 4 && contains(PRIVATE_RANGES, address) && !address.startsWith('169.254.'),
  );
}

/** Reads Linux's `/proc/net/route`, which contains little-endian hex. */
export function parseDefaultGateways(table: string): string[] {
  return table.split('\n').flatMap((line) => {
    const [, destination, gateway] = line.split(/\s+/);
    if (
      destination !== '00000000' ||
      gateway === undefined ||
      !/^[0-9A-Fa-f]{8}$/.test(gateway) ||
      gateway === '00000000'
    )
      return [];
    return [Buffer.from(gateway, 'hex').reverse().join('.')];
  });
}

/** Reads Linux's `/proc/net/ipv6_route`, which contains big-endian hex. */
export function parseDefaultGateways6(table: string): string[] {
  return table.split('\n').flatMap((line) => {
    const [destination = '', prefix, , , hop = ''] = line.trim().split(/\s+/);
    if (!/^0{32}$/.test(destination) || prefix !== '00' || !/^[0-9a-f]{32}$/i.test(hop) || /^0{32}$/.test(hop))
      return [];
    return [normalAddress(hop.match(/.{4}/g)?.join(':') ?? '')];
  });
}

/** One IPv6 address has many forms. The shortest form is used, without the zone `%eth0` and without `::ffff:`. */
export function normalAddress(address: string): string {
  const text = address.replace(/%.*$/, '').toLowerCase();
  const canonical = isIP(text) === 6 ? new SocketAddress({ address: text, family: 'ipv6' }).address : text;
  return canonical.replace(/^::ffff:(?=\d+\.)/, '');
}

/** Limits apply to an IPv4 address or to the /64 of an IPv6 address. Each customer has a whole /64. */
export function limitKey(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups =
    tail === undefined
      ? left
      : [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right];
  return `${groups.slice(0, 4).join(':')}::/64`;
}

/** The likely network of an address. A client with many addresses usually has them in one network. */
export function networkKey(address: string): string {
  if (isIP(address) !== 6) return address.replace(/\.\d+$/, '.0/24');
  return limitKey(address).replace(/:[^:]*::\/64$/, '::/48');
}

/** `has` expects an address in its normal form. */
export function networks(ranges: readonly string[]): { has(address: string): boolean } {
  const list = blockList(ranges);
  return { has: (address) => contains(list, address) };
}

function blockList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', prefix] = range.split('/');
    const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(network, family);
    else list.addSubnet(network, Number(prefix), family);
  }
  return list;
}

function contains(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4');
}
