import { z } from 'zod';
import { ChorusError, type Clock } from '../../core/index.js';
import type { Answered, Notices, Questions } from '../../conversation/notices/index.js';
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
export const askRequest = z.strictObject({
  text: sayRequest.shape.text,
  priority: sayRequest.shape.priority,
  waitS: z
    .int()
    .min(1)
    .max(120)
    .default(30)
    .meta({ description: 'Seconds for which the answer is waited for, the speaking of the question among them.' }),
});
export const askAnswer = z.object({
  asked: z.boolean().meta({
    description: 'It was spoken. false: the device is not connected, was busy for all the time, or fell silent.',
  }),
  heard: z.string().optional().meta({ description: 'What the person said; left out: nothing.' }),
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
  askOnDevice: {
    method: 'POST',
    path: '/devices/:id/ask',
    summary: 'Asks something on a connected device, and answers with the words that the person says next.',
    params: deviceIdParameter,
    body: askRequest,
    answer: askAnswer,
  },
} as const satisfies Routes;

/** Says or asks something on a device. Errors: `notice.too_many`, `store.*`. */
export interface SayControl {
  say(deviceId: string, request: SayRequest): Promise<SayAnswer>;
  /** Errors: `notice.too_many`, the signal's reason. */
  ask(deviceId: string, request: z.output<typeof askRequest>, signal: AbortSignal): Promise<Answered>;
}

export function createSayControl(
  { notices, questions }: { readonly notices: Notices; readonly questions: Questions },
  clock: Clock,
): SayControl {
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
    ask: (deviceId, { text, priority, waitS }, signal) =>
      questions.ask(deviceId, { text, urgent: priority === 'high', waitMs: waitS * 1000 }, signal),
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
  api.on(sayRoutes.askOnDevice, async ({ params: { id }, body, signal }) => {
    const deviceId = parseDeviceId(id);
    if (deviceId === undefined || !(await isKnown(deviceId))) throw noSuchDevice(id);
    const { asked, heard } = await say.ask(deviceId, body, signal);
    return { asked, ...(heard !== undefined && { heard }) };
  });
}
