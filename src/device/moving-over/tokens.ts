import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Device credentials of the old server. */
export interface OldTokens {
  /** Keys with which the old server signed tokens. */
  readonly keys: readonly string[];
  /** Life of a signed token, in seconds from its time stamp. */
  readonly expireSeconds: number;
  /** Fixed tokens: SHA-256 as hex, and the device if it is known. */
  readonly tokens: readonly { readonly sha256: string; readonly deviceId?: string | undefined }[];
}

const SIGNED = /^([A-Za-z0-9_-]{43})\.(\d{1,12})$/;

/**
 * Checks a token of the Python server: `base64url(HMAC-SHA256(key, client|device|ts)).ts` without padding, `ts` in
 * seconds. It is valid for `expireSeconds` from then. All keys are compared, so that the time does not reveal the
 * matching key or the first difference.
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
    // The old server signs the MAC as the device wrote it; the firmware writes it in lower case.
    for (const name of [deviceId, deviceId.toUpperCase()]) {
      const expected = createHmac('sha256', key).update(`${clientId}|${name}|${seconds}`).digest('base64url');
      genuine = timingSafeEqual(shown, Buffer.from(expected, 'latin1')) || genuine;
    }
  }
  return genuine && Math.floor(wallMs / 1000) - seconds <= expireSeconds;
}

/**
 * Whether the token is a fixed one and may belong to the device. All fixed tokens are compared, so that the time does
 * not reveal the matching one.
 */
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
