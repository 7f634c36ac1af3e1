import { readFile } from 'node:fs/promises';
import type { DeviceView } from '../../http/index.js';
import type { CliContext } from '../context.js';
import { unreadableFile } from '../unreadable-file.js';
import type { AdminClient } from './admin-client.js';

/** A request to say or ask something. A recording is played, and the text is then only shown. */
export interface SayRequest {
  readonly audio: Uint8Array | undefined;
  readonly fields: Readonly<Record<string, string | number | readonly string[]>>;
}

/** Error: `file.unreadable`. */
export async function readAudio(file: string | undefined, context: CliContext): Promise<Uint8Array | undefined> {
  if (file === undefined) return undefined;
  const bytes = await readFile(file).catch((error: unknown) => {
    throw unreadableFile(file, context, error);
  });
  return new Uint8Array(bytes);
}

/** With a recording, the fields go into the address. */
export async function sendSaying(api: AdminClient, path: string, { audio, fields }: SayRequest): Promise<unknown> {
  if (!audio) return api.call('POST', path, fields);
  const query = new URLSearchParams(
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)])),
  );
  return api.call('POST', `${path}/audio?${query.toString()}`, audio);
}

/** Sends at most `atOnce` devices in each call. */
export async function sendToSeveral(
  api: AdminClient,
  path: string,
  devices: readonly Pick<DeviceView, 'deviceId'>[],
  { audio, fields }: SayRequest,
  atOnce: number,
): Promise<readonly unknown[]> {
  const all: unknown[] = [];
  for (let from = 0; from < devices.length; from += atOnce) {
    const ids = devices.slice(from, from + atOnce).map(({ deviceId }) => deviceId);
    const { answers } = (await sendSaying(api, path, { audio, fields: { ...fields, devices: ids } })) as {
      readonly answers: readonly unknown[];
    };
    all.push(...answers);
  }
  return all;
}
