import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../core/index.js';

/**
 * A device asks at once after the offer; an hour is enough for a bad network, and too short for an address that is
 * passed on.
 */
export const LINK_LIFETIME_MS = 3_600_000;

const RELEASE = /^[0-9a-f]{8}$/;
const TICKET = /^([0-9a-f]{12})-([0-9a-z]{1,9})-([A-Za-z0-9_-]{43})\.bin$/;

/**
 * Addresses from which one device may download one release for a while: the firmware sends no credentials with a
 * download (docs/protocol.md 1.5), so they are in the address. `RELEASE/DEVICE-EXPIRY-SIGNATURE.bin`, without a colon,
 * which the firmware would take for that of the port.
 */
export class FirmwareLinks {
  readonly #secret: Buffer;

  /** `secretHex`: 32 bytes of the store. */
  constructor(
    secretHex: string,
    private readonly clock: Clock,
  ) {
    this.#secret = Buffer.from(secretHex, 'hex');
  }

  /** The part of the address after `xiaozhi/firmware/`. */
  issue(releaseId: string, deviceId: string): string {
    const device = deviceId.replaceAll(':', '');
    const expiry = Math.floor((this.clock.wallMs() + LINK_LIFETIME_MS) / 1000).toString(36);
    return `${releaseId}/${device}-${expiry}-${this.#sign(releaseId, device, expiry).toString('base64url')}.bin`;
  }

  /**
   * The device that the address was made for. Undefined: it was not made here, not for this release, or has expired.
   */
  open(releaseId: string, ticket: string): string | undefined {
    const [, device, expiry, signature] = TICKET.exec(ticket) ?? [];
    if (!RELEASE.test(releaseId) || device === undefined || expiry === undefined || signature === undefined)
      return undefined;
    if (!timingSafeEqual(Buffer.from(signature, 'base64url'), this.#sign(releaseId, device, expiry))) return undefined;
    if (Number.parseInt(expiry, 36) * 1000 <= this.clock.wallMs()) return undefined;
    return device.match(/../g)?.join(':');
  }

  #sign(releaseId: string, device: string, expiry: string): Buffer {
    return createHmac('sha256', this.#secret).update(`firmware|${releaseId}|${device}|${expiry}`).digest();
  }
}
