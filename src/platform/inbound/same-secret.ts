import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Compares secrets of any length. The duration does not reveal where the secrets differ. */
export function sameSecret(a: string, b: string): boolean {
  const key = randomBytes(32);
  return timingSafeEqual(createHmac('sha256', key).update(a).digest(), createHmac('sha256', key).update(b).digest());
}
