import { access } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { advertisedAddress, type AdvertisedAddress, type AdvertiseOptions } from './advertised-address.js';
import { headerText, lanAddress, normalAddress, type PeerPolicy } from '../../platform/inbound/index.js';

export interface AdvertiserOptions {
  readonly peers: PeerPolicy;
  /** The configured address. Called for each request, because it may change while the server runs. */
  readonly configured: () => Pick<AdvertiseOptions, 'publicUrl' | 'publicPort' | 'listenPort'>;
  /** True: the server runs in a container, so this machine's own address cannot be reached from outside. */
  readonly inContainer: boolean;
  /** Whether a request came in on one of the extra ports, which have no WebSocket. */
  readonly onMovingOverPort: (localPort: number | undefined) => boolean;
}

/**
 * Finds the address that the sender of a request should use. Passes the trusted facts about the request to {@link
 * advertisedAddress}.
 */
export class Advertiser {
  constructor(private readonly options: AdvertiserOptions) {}

  /** `reader`: a person who will type the address into a device elsewhere, so a loopback address is avoided. */
  addressFor({ headers, socket }: IncomingMessage, forWhom: 'device' | 'reader'): AdvertisedAddress | undefined {
    const { peers, configured, inContainer, onMovingOverPort } = this.options;
    const peer = peers.identify(socket.remoteAddress, headers);
    const scheme = peer.viaTrustedProxy && headerText(headers['x-forwarded-proto']) === 'https' ? 'https' : 'http';
    const forwardedHost = peer.viaTrustedProxy ? headerText(headers['x-forwarded-host']) : undefined;
    // A request from a container's gateway may come from a program on the host. For such a program the address in
    // `Host` works.
    const local = !peer.forwarded && (peer.kind === 'loopback' || peer.kind === 'own' || peer.kind === 'gateway');
    const reached = normalAddress(socket.localAddress ?? '');
    const address = {
      ...configured(),
      fallbackHost: inContainer ? undefined : (lanAddress([reached]) ?? lanAddress()),
    };
    const given = forwardedHost ?? headers.host;
    // A request on an extra port names that port, which has no WebSocket. The port is therefore left out.
    const host = onMovingOverPort(socket.localPort) ? given?.replace(/:\d*$/, '') : given;
    const asked = { host, scheme, viaProxy: peer.viaTrustedProxy && peer.forwarded } as const;
    const forElsewhere = advertisedAddress({ ...asked, local: local && forWhom === 'device' }, address);
    return forElsewhere ?? (local ? advertisedAddress({ ...asked, local }, address) : undefined);
  }
}

export async function isContainer(): Promise<boolean> {
  const marks = await Promise.allSettled(['/.dockerenv', '/run/.containerenv'].map((path) => access(path)));
  return marks.some((mark) => mark.status === 'fulfilled');
}
