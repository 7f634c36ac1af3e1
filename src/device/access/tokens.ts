import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { asChorusError, type Logger } from '../../core/index.js';
import type { DeviceRecord, DeviceStore } from '../../platform/store/index.js';

const TOKEN = /^([A-Za-z0-9_-]{43})\.(\d{1,9})$/;
const SECRET_NAME = 'token-signing-key';

type TokenStore = Pick<DeviceStore, 'secret' | 'find' | 'confirmGeneration'>;

/**
 * Device tokens have the form `base64url(HMAC-SHA256(secret, client|device|generation)).generation`. Tokens do not
 * expire, because a device fetches a token only when it boots (docs/protocol.md 7).
 */
export class DeviceTokens {
  private constructor(
    private readonly store: TokenStore,
    private readonly secret: Buffer,
    private readonly log: Logger,
  ) {}

  static async open(store: TokenStore, log: Logger): Promise<DeviceTokens> {
    return new DeviceTokens(store, Buffer.from(await serverSecret(store), 'hex'), log);
  }

  issue(device: DeviceRecord): string {
    const clientId = device.boundClientId ?? device.clientId;
    const signature = this.#sign(clientId, device.deviceId, device.tokenGeneration).toString('base64url');
    return `${signature}.${device.tokenGeneration}`;
  }

  /** Returns undefined for an invalid token. A wrong signature costs no database query. */
  async check(token: string, deviceId: string, clientId: string): Promise<DeviceRecord | undefined> {
    const parsed = parseToken(token);
    if (!parsed) return undefined;
    const { signature, generation } = parsed;
    if (!timingSafeEqual(signature, this.#sign(clientId, deviceId, generation))) return undefined;
    const device = await this.store.find(deviceId);
    if (!device || device.revoked || device.boundClientId !== clientId) return undefined;
    if (generation === device.tokenGeneration) {
      if (device.previousGenerationValid) await this.#confirm(deviceId);
      return device;
    }
    return device.previousGenerationValid && generation === device.tokenGeneration - 1 ? device : undefined;
  }

  /** Makes a token that only permits sending pictures. It becomes invalid together with the device's own token. */
  issueForPictures({ deviceId, tokenGeneration }: DeviceRecord): string {
    return `${this.#signPictures(deviceId, tokenGeneration).toString('base64url')}.${tokenGeneration}`;
  }

  /** Checks a token for pictures (docs/protocol.md, checklist 73). */
  async checkForPictures(token: string, deviceId: string): Promise<DeviceRecord | undefined> {
    const parsed = parseToken(token);
    if (!parsed) return undefined;
    const { signature, generation } = parsed;
    if (!timingSafeEqual(signature, this.#signPictures(deviceId, generation))) return undefined;
    const device = await this.store.find(deviceId);
    if (!device || device.revoked) return undefined;
    const { tokenGeneration: now, previousGenerationValid } = device;
    return generation === now || (previousGenerationValid && generation === now - 1) ? device : undefined;
  }

  /** A full disk must not end the conversation. The old token then works until the next use of the new token. */
  async #confirm(deviceId: string): Promise<void> {
    try {
      await this.store.confirmGeneration(deviceId);
    } catch (error) {
      this.log.warn('the first use of a new device token could not be saved', {
        deviceId,
        code: asChorusError(error, 'store.failed').code,
      });
    }
  }

  /** Only the client id may contain `|`, so no two combinations give the same text. */
  #sign(clientId: string, deviceId: string, generation: number): Buffer {
    return createHmac('sha256', this.secret).update(`${clientId}|${deviceId}|${generation}`).digest();
  }

  /** The text contains no `|`, so the signature is never valid for a device token. */
  #signPictures(deviceId: string, generation: number): Buffer {
    return createHmac('sha256', this.secret).update(`pictures:${deviceId}:${generation}`).digest();
  }
}

function parseToken(token: string): { readonly signature: Buffer; readonly generation: number } | undefined {
  const [, signature, digits] = TOKEN.exec(token) ?? [];
  if (signature === undefined || digits === undefined) return undefined;
  return { signature: Buffer.from(signature, 'base64url'), generation: Number(digits) };
}

/** 32 bytes in hexadecimal, created at the first start. Keys for other purposes are derived from this secret. */
export function serverSecret(store: Pick<DeviceStore, 'secret'>): Promise<string> {
  return store.secret(SECRET_NAME, () => randomBytes(32).toString('hex'));
}
