import { z } from 'zod';
import { ChorusError } from '../../core/index.js';
import type { DeviceStore } from '../../platform/store/index.js';
import type { AdminApi, Routes } from '../api.js';
import { resourceWords } from '../words/resources.js';

/** Limits both a page of the list and the keys in one request. */
export const SERIALS_AT_ONCE = 1000;

const SERIAL = /^[\x21-\x7e]{1,128}$/;

const serial = z
  .string()
  .refine((text) => SERIAL.test(text), {
    error: 'a serial number has 1 to 128 printable ASCII characters without blanks',
    params: { zh: '序列号为 1 到 128 个可见的 ASCII 字符，不含空格' },
  })
  .meta({ pattern: SERIAL.source, description: '32 characters on boards of the xiaozhi firmware.' });

export const serialsQuery = z.strictObject({
  after: z.string().max(128).default('').meta({ description: 'The last serial number of the page before.' }),
});
export const serialsAnswer = z.object({
  serials: z.array(z.string()).meta({ description: `In order, at most ${SERIALS_AT_ONCE}. Keys are never shown.` }),
});
export const addSerialsRequest = z.strictObject({
  keys: z
    .array(
      z.strictObject({
        serial,
        key: z.hex().length(64).toLowerCase().meta({ description: 'The 32 bytes in the chip, as hex.' }),
      }),
    )
    .min(1)
    .max(SERIALS_AT_ONCE),
});
export const serialParameter = z.object({ id: serial });

export const serialRoutes = {
  listSerials: {
    method: 'GET',
    path: '/serials',
    summary: 'Serial numbers whose activation key is registered.',
    query: serialsQuery,
    answer: serialsAnswer,
  },
  addSerials: {
    method: 'POST',
    path: '/serials',
    summary: 'Registers the activation keys of devices with serial numbers. A key replaces an earlier one.',
    body: addSerialsRequest,
  },
  forgetSerial: {
    method: 'DELETE',
    path: '/serials/:id',
    summary: 'Forgets the activation key of a serial number.',
    params: serialParameter,
  },
} as const satisfies Routes;

export type SerialKeys = Pick<DeviceStore, 'serials' | 'putSerialKeys' | 'dropSerialKey'>;

/** Activation keys of devices whose chip contains a serial number (docs/protocol.md 1.4). */
export function registerSerialRoutes(api: AdminApi, store: SerialKeys): void {
  api.on(serialRoutes.listSerials, async ({ query: { after } }) => ({
    serials: [...(await store.serials(after, SERIALS_AT_ONCE))],
  }));
  api.on(serialRoutes.addSerials, ({ body: { keys } }) =>
    store.putSerialKeys(new Map(keys.map(({ serial: of, key }) => [of, key]))),
  );
  api.on(serialRoutes.forgetSerial, async ({ params: { id } }) => {
    if (!(await store.dropSerialKey(id)))
      throw new ChorusError('admin.not_found', resourceWords.noSerial(id), {
        details: { what: id },
      });
  });
}
