import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { asChorusError, type Logger } from '../../core/index.js';
import type { DeviceRecord, DeviceStore } from '../../platform/store/index.js';

const TOKEN = /^([A-Za-z0-9_-]{43})\.(\d{1,9})$/;
const SECRET_NAME = 'token-signing-key';

type TokenStore = Pick<DeviceStore, 'secret' | 'find' | 'confirmGeneration'>;

/**
 * Device tokens: `base64url(HMAC-SHA256(secret, client|device|generation)).generation`. They do not expire, because a
 * device fetches a new one only when it boots (docs/protocol.md 7). To rotate or revoke tokens, the store changes the
 * device's generation.
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

  /** Issues the token for the current generation of a bound device. */
  issue(device: DeviceRecord): string {
    const clientId = device.boundClientId ?? device.clientId;
    const signature = this.#sign(clientId, device.deviceId, device.tokenGeneration).toString('base64url');
    return `${signature}.${device.tokenGeneration}`;
  }

  /**
   * Returns the device if the token has a valid generation and was issued for exactly these ids. Rejects a wrong
   * signature without asking the database.
   */
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

  /**
   * Issues a token with which the device may only send pictures. It stops being valid together with the device's own
   * token.
   */
  issueForPictures({ deviceId, tokenGeneration }: DeviceRecord): string {
    return `${this.#signPictures(deviceId, tokenGeneration).toString('base64url')}.${tokenGeneration}`;
  }

  /** Returns the device if this is its token for pictures (docs/protocol.md, checklist 73). */
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

  /**
   * Ends the old token's validity. If the disk is full, the old token works until the new one is used again, because
   * the conversation matters more.
   */
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

  /**
   * Signs `client|device|generation`. The client id may contain `|`, but the device id and the generation cannot, so no
   * two combinations give the same text.
   */
  #sign(clientId: string, deviceId: string, generation: number): Buffer {
    return createHmac('sha256', this.secret).update(`${clientId}|${deviceId}|${generation}`).digest();
  }

  /** Signs a text without `|`, because the text of every device token contains one. */
  #signPictures(deviceId: string, generation: number): Buffer {
    return createHmac('sha256', this.secret).update(`pictures:${deviceId}:${generation}`).digest();
  }
}

function parseToken(token: string): { readonly signature: Buffer; readonly generation: number } | undefined {
  const [, signature, digits] = TOKEN.exec(token) ?? [];
  if (signature === undefined || digits === undefined) return undefined;
  return { signature: Buffer.from(signature, 'base64url'), generation: Number(digits) };
}

/**
 * The server's secret (32 bytes, hexadecimal), which is created at the first start. Keys for other purposes are derived
 * from it.
 */
export function serverSecret(store: Pick<DeviceStore, 'secret'>): Promise<string> {
  return store.secret(SECRET_NAME, () => randomBytes(32).toString('hex'));
}
