import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Credentials that the old server gave to devices. */
export interface OldTokens {
  /** Keys with which the old server signed its tokens. */
  readonly keys: readonly string[];
  /** Seconds for which a signed token is valid, from its time stamp. */
  readonly expireSeconds: number;
  /** The SHA-256 of each fixed token in hex, with its device if known. */
  readonly tokens: readonly { readonly sha256: string; readonly deviceId?: string | undefined }[];
}

const SIGNED = /^([A-Za-z0-9_-]{43})\.(\d{1,12})$/;

/**
 * Checks a token of the Python server, `base64url(HMAC-SHA256(key, client|device|ts)).ts` without padding and with `ts`
 * in seconds. All keys are compared, so that the time taken reveals nothing.
 */
export function isSignedByOld(
  token: string,
  deviceId: string,
  clientId: string,
  { keys, expireSeconds }: Pick<OldTokens, 'keys' | 'expireSeconds'>,
  wallMs: number,
): boolean {
  const [, signature, digits] = SIGNED.exec(token) ?? [];
  if (signature === undefined || digits === undefined) return false;
  const seconds = Number(digits);
  const shown = Buffer.from(signature, 'latin1');
  let genuine = false;
  for (const key of keys) {
    // The old server signs the MAC as the device wrote it, usually in lower case. Some clients write upper case.
    for (const name of [deviceId, deviceId.toUpperCase()]) {
      const expected = createHmac('sha256', key).update(`${clientId}|${name}|${seconds}`).digest('base64url');
      genuine = timingSafeEqual(shown, Buffer.from(expected, 'latin1')) || genuine;
    }
  }
  return genuine && Math.floor(wallMs / 1000) - seconds <= expireSeconds;
}

/** All tokens are compared, so that the time taken does not reveal the matching one. */
export function isFixedOfOld(token: string, deviceId: string, { tokens }: Pick<OldTokens, 'tokens'>): boolean {
  if (token === '') return false;
  const shown = createHash('sha256').update(token).digest();
  let genuine = false;
  for (const { sha256, deviceId: owner } of tokens) {
    const expected = Buffer.from(sha256, 'hex');
    const same = expected.length === shown.length && timingSafeEqual(expected, shown);
    genuine = (same && (owner === undefined || owner === deviceId)) || genuine;
  }
  return genuine;
}
