import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { type Bilingual, ChorusError, hostOf } from '../../core/index.js';
import { outboundWords } from './words.js';

export interface AddressPolicy {
  /** Ports of language model servers on this machine and in this network (`admin.llm_ports`). */
  readonly localPorts: readonly number[];
}

/**
 * Allowed only with a port of {@link AddressPolicy.localPorts}, because private networks contain not only Ollama but
 * also routers, printers and databases.
 */
const LOCAL = blockList([
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '::1/128',
  'fc00::/7',
]);
/**
 * Always refused: cloud metadata, link-local, multicast and reserved addresses, and IPv6 addresses that lead to IPv4
 * addresses (NAT64, 6to4, Teredo).
 */
const NEVER = blockList([
  '0.0.0.0/8',
  '169.254.0.0/16',
  '100.100.100.200/32',
  '168.63.129.16/32',
  '192.0.0.0/24',
  '198.18.0.0/15',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  'fe80::/10',
  'fec0::/10',
  'fd00:ec2::/32',
  'ff00::/8',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '2002::/16',
  '2001::/32',
]);
const METADATA_NAME = /^(metadata|metadata\.google\.internal|instance-data(\..*)?)\.?$/i;

/** Checks an address before its name is resolved. Error: `admin.address_refused`. */
export function checkServiceAddress(text: string, policy: AddressPolicy): URL {
  // Checked before parsing, because `URL` would parse `localhost:1234` as an address with the protocol `localhost:`.
  if (!/^https?:\/\//i.test(text) && !/^[a-z][a-z\d+.-]*:\/\//i.test(text)) throw withoutProtocol(text);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (
    !url ||
    (url.protocol !== 'http:' && url.protocol !== 'https:') ||
    url.username !== '' ||
    url.password !== '' ||
    url.hostname === ''
  ) {
    throw refused(url?.hostname ?? '', outboundWords.needsHttp);
  }
  const host = hostOf(url);
  if (METADATA_NAME.test(host)) throw refused(host, outboundWords.metadata);
  if (isIP(host) !== 0 && !isAllowedAddress(host, portOf(url), policy)) throw notAllowed(host, portOf(url), policy);
  if (/(^|\.)localhost\.?$/i.test(host) && !policy.localPorts.includes(portOf(url)))
    throw otherPort(host, portOf(url), policy);
  return url;
}

export type Resolve = (name: string) => Promise<readonly { readonly address: string }[]>;
const resolveBySystem: Resolve = (name) => lookup(name, { all: true });

/** Checks an address that will be stored. Rejects with `admin.address_refused`, or as the resolver does. */
export async function checkServicePlace(
  text: string,
  policy: AddressPolicy,
  resolve: Resolve = resolveBySystem,
): Promise<void> {
  const url = checkServiceAddress(text, policy);
  const host = hostOf(url);
  checkFound(host, await resolve(host), portOf(url), policy);
}

/** Checks all addresses of a name, because any of them may be used. Error: `admin.address_refused`. */
export function checkFound(
  name: string,
  found: readonly { readonly address: string }[],
  port: number,
  { localPorts }: AddressPolicy,
): void {
  if (found.length === 0 || found.some(({ address }) => !isAllowedAddress(address, port, { localPorts })))
    throw found.some(({ address }) => isLocal(address))
      ? otherPort(name, port, { localPorts })
      : refused(name, outboundWords.leadsElsewhere);
}

export function isAllowedAddress(address: string, port: number, { localPorts }: AddressPolicy): boolean {
  const plain = address.replace(/%.*$/, '');
  const mapped = mappedIpv4(plain);
  const checked = mapped ?? plain;
  if (isIP(checked) === 0 || contains(NEVER, checked)) return false;
  return !contains(LOCAL, checked) || localPorts.includes(port);
}

export function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}

export function refused(host: string, why: Bilingual, remedy?: Bilingual): ChorusError {
  const place = host === '' ? outboundWords.thisAddress : host;
  return new ChorusError('admin.address_refused', outboundWords.refused(place, why), {
    details: { host },
    ...(remedy && { remedy }),
  });
}

function withoutProtocol(text: string): ChorusError {
  return refused('', outboundWords.needsProtocol, outboundWords.writeWhole(text));
}

function notAllowed(host: string, port: number, policy: AddressPolicy): ChorusError {
  return isLocal(host) ? otherPort(host, port, policy) : refused(host, outboundWords.reserved);
}

function otherPort(host: string, port: number, { localPorts }: AddressPolicy): ChorusError {
  const ports = localPorts.join(', ');
  return refused(host, outboundWords.otherPort(port, ports), outboundWords.addPort(port));
}

function isLocal(address: string): boolean {
  const plain = address.replace(/%.*$/, '');
  const checked = mappedIpv4(plain) ?? plain;
  return isIP(checked) !== 0 && contains(LOCAL, checked) && !contains(NEVER, checked);
}

/** Finds the IPv4 address in `::ffff:1.2.3.4`, which `URL` writes as `::ffff:102:304`, or in the old `::1.2.3.4`. */
function mappedIpv4(address: string): string | undefined {
  const dotted = /^::(?:ffff:(?:0:)?)?(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (dotted !== undefined) return dotted;
  const [, high, low] = /^::(?:ffff:(?:0:)?)?([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(address) ?? [];
  if (high === undefined || low === undefined) return undefined;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join('.');
}

function blockList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', prefix = ''] = range.split('/');
    list.addSubnet(network, Number(prefix), isIP(network) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

function contains(list: BlockList, address: string): boolean {
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
