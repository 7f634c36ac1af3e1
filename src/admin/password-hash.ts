import { randomBytes, randomInt, scrypt, timingSafeEqual } from 'node:crypto';

/** One check takes 32 MB, and about 100 ms on a thread of Node's pool. */
const COST = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 } as const;
const KEY_BYTES = 32;
const HASH = /^scrypt\$(\d{4,7})\$(\d{1,2})\$(\d)\$([A-Za-z0-9_-]{22,})\$([A-Za-z0-9_-]{43})$/;

/** Returns `scrypt$N$r$p$salt$key`. `cost` is scrypt's N. */
export async function hashPassword(password: string, cost: number = COST.N): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, cost, COST.r, COST.p);
  return ['scrypt', cost, COST.r, COST.p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/** False if `hash` has another form. Checking a wrong password takes as long as checking the right one. */
export async function matchesHash(password: string, hash: string): Promise<boolean> {
  const [, n, r, p, salt, key] = HASH.exec(hash) ?? [];
  if (salt === undefined || key === undefined) return false;
  return timingSafeEqual(
    await derive(password, Buffer.from(salt, 'base64url'), Number(n), Number(r), Number(p)),
    Buffer.from(key, 'base64url'),
  );
}

/** Normalizes first, because keyboards encode the same letter differently. For example, é is one or two code points. */
function derive(password: string, salt: Buffer, N: number, r: number, p: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, KEY_BYTES, { ...COST, N, r, p }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

/** Leaves out characters that look alike (0 o, 1 l i). */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Returns a password such as `k7mq-x2vt-9hcw-p4re`. It has 79 bits and is easy to type on a phone. */
export function newPassword(): string {
  const letters = Array.from({ length: 16 }, () => LETTERS.charAt(randomInt(LETTERS.length))).join('');
  return letters.replaceAll(/(?<=^(?:.{4})+)(?=.)/g, '-');
}
