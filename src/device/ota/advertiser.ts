import { access } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { advertisedAddress, type AdvertisedAddress, type AdvertiseOptions } from './advertised-address.js';
import { headerText, lanAddress, normalAddress, type PeerPolicy } from '../../platform/inbound/index.js';

export interface AdvertiserOptions {
  readonly peers: PeerPolicy;
  /** Called for each request, because the configuration may change. */
  readonly configured: () => Pick<AdvertiseOptions, 'publicUrl' | 'publicPort' | 'listenPort'>;
  /** In a container, this machine's own address cannot be reached from outside. */
  readonly inContainer: boolean;
  /** True for the extra ports that answer only OTA requests, for devices that have an old server's port stored. */
  readonly onMovingOverPort: (localPort: number | undefined) => boolean;
}

/** Finds the address that the sender of a request should use. */
export class Advertiser {
  constructor(private readonly options: AdvertiserOptions) {}

  /** A `reader` types the address into a device elsewhere, so a loopback address is avoided. */
  addressFor({ headers, socket }: IncomingMessage, forWhom: 'device' | 'reader'): AdvertisedAddress | undefined {
    const { peers, configured, inContainer, onMovingOverPort } = this.options;
    const peer = peers.identify(socket.remoteAddress, headers);
    const scheme = peer.viaTrustedProxy && headerText(headers['x-forwarded-proto']) === 'https' ? 'https' : 'http';
    const forwardedHost = peer.viaTrustedProxy ? headerText(headers['x-forwarded-host']) : undefined;
    // A request from a container's gateway may come from the host, where the address in `Host` works.
    const local = !peer.forwarded && (peer.kind === 'loopback' || peer.kind === 'own' || peer.kind === 'gateway');
    const reached = normalAddress(socket.localAddress ?? '');
    const address = {
      ...configured(),
      fallbackHost: inContainer ? undefined : (lanAddress([reached]) ?? lanAddress()),
    };
    const given = forwardedHost ?? headers.host;
    // The extra ports have no WebSocket, so their numbers are left out.
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
