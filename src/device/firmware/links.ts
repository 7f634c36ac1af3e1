import { createHmac, timingSafeEqual } from 'node:crypto';
import { HOUR_MS, type Clock } from '../../core/index.js';

/** A device downloads right after the offer. An hour is enough even for a bad network. */
export const LINK_LIFETIME_MS = HOUR_MS;

const RELEASE = /^[0-9a-f]{8}$/;
const TICKET = /^([0-9a-f]{12})-([0-9a-z]{1,9})-([A-Za-z0-9_-]{43})\.bin$/;

/**
 * Addresses by which one device may download one release for a limited time. The firmware sends no credentials with a
 * download (docs/protocol.md 1.5), so the address contains them: `RELEASE/DEVICE-EXPIRY-SIGNATURE.bin`. The address has
 * no colon, because the firmware would read a port after it.
 */
export class FirmwareLinks {
  readonly #secret: Buffer;

  /** `secretHex` is 32 bytes from the store. */
  constructor(
    secretHex: string,
    private readonly clock: Clock,
  ) {
    this.#secret = Buffer.from(secretHex, 'hex');
  }

  /** Makes the end of an address, after `xiaozhi/firmware/`. */
  issue(releaseId: string, deviceId: string): string {
    const device = deviceId.replaceAll(':', '');
    const expiry = Math.floor((this.clock.wallMs() + LINK_LIFETIME_MS) / 1000).toString(36);
    return `${releaseId}/${device}-${expiry}-${this.#sign(releaseId, device, expiry).toString('base64url')}.bin`;
  }

  /** Returns undefined if the address is invalid, expired, or for another release. */
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
