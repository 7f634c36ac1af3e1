import { z } from 'zod';
import { ChorusError, type Clock } from '../../core/index.js';
import type { Notices } from '../../conversation/notices/index.js';
import { parseDeviceId } from '../../device/protocol/index.js';
import type { AdminApi, Routes } from '../api.js';
import { deviceIdParameter } from '../shapes.js';
import { noSuchDevice } from './devices.js';

export const sayRequest = z.strictObject({
  text: z.string().trim().min(1).max(2000),
  priority: z
    .enum(['normal', 'high'])
    .default('normal')
    .meta({ description: 'normal: after what the device is saying. high: interrupts it. Nobody interrupts the user.' }),
  expiresInS: z
    .int()
    .min(1)
    .max(30 * 86_400)
    .default(86_400)
    .meta({ description: 'Seconds for which it is kept when the device sleeps; later it is not said.' }),
});
export const sayAnswer = z.object({
  id: z.string(),
  awake: z.boolean().meta({ description: 'The device is connected. false: it is said first when it wakes.' }),
});
type SayRequest = z.output<typeof sayRequest>;
type SayAnswer = z.output<typeof sayAnswer>;

export const sayRoutes = {
  sayOnDevice: {
    method: 'POST',
    path: '/devices/:id/say',
    summary: 'Says something on a device: after what it is saying, or at once; kept for it while it sleeps.',
    params: deviceIdParameter,
    body: sayRequest,
    answer: sayAnswer,
  },
} as const satisfies Routes;

/** Says something on a device. Errors: `notice.too_many`, `store.*`. */
export interface SayControl {
  say(deviceId: string, request: SayRequest): Promise<SayAnswer>;
}

export function createSayControl(notices: Notices, clock: Clock): SayControl {
  return {
    async say(deviceId, { text, priority, expiresInS }) {
      const dueMs = clock.wallMs();
      const kept = await notices.add({
        deviceId,
        kind: 'message',
        text,
        dueMs,
        expiresMs: Math.round(dueMs) + expiresInS * 1000,
        timeZone: 'UTC',
        urgent: priority === 'high',
      });
      if (!kept) throw new ChorusError('notice.too_many', `too much is waiting to be said on ${deviceId}`);
      return { id: kept.id, awake: notices.isPresent(deviceId) };
    },
  };
}

export function registerSayRoute(
  api: AdminApi,
  { say, isKnown }: { readonly say: SayControl; readonly isKnown: (deviceId: string) => Promise<boolean> },
): void {
  api.on(sayRoutes.sayOnDevice, async ({ params: { id }, body }) => {
    const deviceId = parseDeviceId(id);
    if (deviceId === undefined || !(await isKnown(deviceId))) throw noSuchDevice(id);
    return say.say(deviceId, body);
  });
}
