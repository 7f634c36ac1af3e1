import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Credentials that the old server gave to devices. */
export interface OldTokens {
  /** Keys with which the old server signed its tokens. */
  readonly keys: readonly string[];
  /** How long a signed token is valid, in seconds from its time stamp. */
  readonly expireSeconds: number;
  /** Fixed tokens: the SHA-256 of each as hex, and its device if that is known. */
  readonly tokens: readonly { readonly sha256: string; readonly deviceId?: string | undefined }[];
}

const SIGNED = /^([A-Za-z0-9_-]{43})\.(\d{1,12})$/;

/**
 * Checks a token of the Python server: `base64url(HMAC-SHA256(key, client|device|ts)).ts` without padding, `ts` in
 * seconds. The token is valid for `expireSeconds` from `ts`. All keys are compared, so that the time taken reveals
 * neither the matching key nor the first difference.
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
    // The old server signs the MAC as the device wrote it, and the firmware writes it in lower case. Clients that write
    // it in upper case are accepted too.
    for (const name of [deviceId, deviceId.toUpperCase()]) {
      const expected = createHmac('sha256', key).update(`${clientId}|${name}|${seconds}`).digest('base64url');
      genuine = timingSafeEqual(shown, Buffer.from(expected, 'latin1')) || genuine;
    }
  }
  return genuine && Math.floor(wallMs / 1000) - seconds <= expireSeconds;
}

/**
 * Whether the token is one of the fixed ones and may belong to the device. All fixed tokens are compared, so that the
 * time taken does not reveal the matching one.
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
