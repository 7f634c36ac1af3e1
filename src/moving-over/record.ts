import type { DeviceStore } from '../platform/store/device-store-port.js';
import { z } from 'zod';
import type { OldAccess } from './plan-access.js';

const SECRET_NAME = 'moved-over';

const recordSchema = z.object({
  importedMs: z.number(),
  keys: z.array(z.string()),
  expireSeconds: z.number(),
  tokens: z.array(z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/), deviceId: z.string().optional() })),
  listed: z.boolean(),
  checked: z.boolean(),
});

/** Facts about the old server that Chorus must remember. They contain secrets. */
export type MovedOver = z.output<typeof recordSchema>;

export type SecretKeeper = Pick<DeviceStore, 'findSecret' | 'replaceSecret'>;

/** Returns undefined if nothing was moved over, or if the record is unreadable. */
export async function readMovedOver(store: Pick<SecretKeeper, 'findSecret'>): Promise<MovedOver | undefined> {
  const text = await store.findSecret(SECRET_NAME);
  if (text === undefined) return undefined;
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch {
    // The record is damaged or from a newer version. Without a record, devices need a pairing code, which is safe.
    return undefined;
  }
}

/** Keeps the time of the first import. A repeated import must not extend the time in which devices are taken over. */
export async function keepMovedOver(
  store: SecretKeeper,
  access: OldAccess,
  { listed, checked }: Pick<MovedOver, 'listed' | 'checked'>,
  wallMs: number,
): Promise<MovedOver> {
  const before = await readMovedOver(store);
  const tokens = new Map(
    [...(before?.tokens ?? []), ...access.tokens].map((token) => [`${token.sha256} ${token.deviceId ?? ''}`, token]),
  );
  const record: MovedOver = {
    importedMs: before?.importedMs ?? wallMs,
    keys: [...new Set([...(before?.keys ?? []), ...access.keys])],
    expireSeconds: access.expireSeconds,
    tokens: [...tokens.values()],
    listed: listed || (before?.listed ?? false),
    checked,
  };
  await store.replaceSecret(SECRET_NAME, JSON.stringify(record));
  return record;
}
