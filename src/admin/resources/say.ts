import { z } from 'zod';
import { asChorusError, ChorusError, type Clock } from '../../core/index.js';
import type { DeviceRecord } from '../../platform/store/index.js';
import type { Answered, Notices, Questions } from '../../conversation/notices/index.js';
import { parseDeviceId } from '../../device/protocol/index.js';
import type { AdminApi, Routes } from '../api.js';
import { deviceIdParameter } from '../shapes.js';
import { noSuchAgent } from './agents.js';
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
/** Maximum number of devices that one request may name. */
export const SAY_MAX_DEVICES = 500;

export const sayToSeveralRequest = z
  .strictObject({
    ...sayRequest.shape,
    devices: z.array(z.string().min(1).max(64)).min(1).max(SAY_MAX_DEVICES).optional().meta({
      description: 'MAC addresses. Exactly one of devices, agent and all is given.',
    }),
    agent: z.string().max(128).optional().meta({
      description: 'All devices on which this agent answers; empty: the configured assistant.',
    }),
    all: z.literal(true).optional().meta({ description: 'All devices that are bound.' }),
    onlyAwake: z.boolean().default(false).meta({ description: 'Not kept for devices that are not connected.' }),
  })
  .refine(({ devices, agent, all }) => [devices, agent, all].filter((given) => given !== undefined).length === 1, {
    error: 'exactly one of devices, agent and all is needed',
    params: { zh: 'devices、agent、all 必须且只能给出一个' },
  });
export const sayToSeveralAnswer = z.object({
  answers: z.array(
    z.object({
      deviceId: z.string().meta({ description: 'As it was asked for.' }),
      id: z.string().optional().meta({ description: 'Of what waits to be said; left out where nothing does.' }),
      outcome: z.enum(['speaking', 'queued', 'no_channel', 'full', 'unknown']).meta({
        description:
          'speaking: it says it now, or after what it is saying. queued: it is not connected and says it first when ' +
          'it wakes. no_channel: it is not connected, and onlyAwake was asked for. full: too much waits there ' +
          'already. unknown: there is no such device.',
      }),
    }),
  ),
});
type SayToSeveralAnswer = z.output<typeof sayToSeveralAnswer>['answers'][number];

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
  sayOnSeveral: {
    method: 'POST',
    path: '/say',
    summary: 'Says something on several devices, on those of an agent, or on all; answers for each.',
    body: sayToSeveralRequest,
    answer: sayToSeveralAnswer,
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
  isAwake(deviceId: string): boolean;
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
    isAwake: (deviceId) => notices.isPresent(deviceId),
    ask: (deviceId, { text, priority, waitS }, signal) =>
      questions.ask(deviceId, { text, urgent: priority === 'high', waitMs: waitS * 1000 }, signal),
  };
}

export interface SayRouteOptions {
  readonly say: SayControl;
  readonly devices: {
    find(deviceId: string): Promise<DeviceRecord | undefined>;
    list(): Promise<readonly DeviceRecord[]>;
  };
  /** Whether there is an agent of this id. */
  readonly isAgent: (id: string) => Promise<boolean>;
}

export function registerSayRoute(api: AdminApi, options: SayRouteOptions): void {
  const { say, devices } = options;
  const knownId = async (id: string): Promise<string> => {
    const deviceId = parseDeviceId(id);
    if (deviceId === undefined || !(await devices.find(deviceId))) throw noSuchDevice(id);
    return deviceId;
  };
  api.on(sayRoutes.sayOnDevice, async ({ params: { id }, body }) => say.say(await knownId(id), body));
  api.on(sayRoutes.sayOnSeveral, async ({ body }) => {
    const answers: SayToSeveralAnswer[] = [];
    for (const deviceId of await chosen(body, options)) answers.push(await sayOn(deviceId, body, options));
    return { answers };
  });
  api.on(sayRoutes.askOnDevice, async ({ params: { id }, body, signal }) => {
    const { asked, heard } = await say.ask(await knownId(id), body, signal);
    return { asked, ...(heard !== undefined && { heard }) };
  });
}

type SayToSeveral = z.output<typeof sayToSeveralRequest>;

/** The devices of a request, each once, as they were named. Error: `admin.not_found` if there is no such agent. */
async function chosen(
  { devices: named, agent }: SayToSeveral,
  { devices, isAgent }: SayRouteOptions,
): Promise<readonly string[]> {
  if (named) return [...new Map(named.map((id) => [parseDeviceId(id) ?? id, id])).values()];
  if (agent !== undefined && agent !== '' && !(await isAgent(agent))) throw noSuchAgent(agent);
  const bound = (await devices.list()).filter(({ boundAtMs, revoked }) => boundAtMs !== undefined && !revoked);
  const meant = agent === undefined ? bound : bound.filter(({ agentId = '' }) => agentId === agent);
  return meant.map(({ deviceId }) => deviceId);
}

async function sayOn(
  named: string,
  { onlyAwake, ...request }: SayToSeveral,
  { say, devices }: SayRouteOptions,
): Promise<SayToSeveralAnswer> {
  const deviceId = parseDeviceId(named);
  if (deviceId === undefined || !(await devices.find(deviceId))) return { deviceId: named, outcome: 'unknown' };
  if (onlyAwake && !say.isAwake(deviceId)) return { deviceId: named, outcome: 'no_channel' };
  try {
    const { id, awake } = await say.say(deviceId, request);
    return { deviceId: named, id, outcome: awake ? 'speaking' : 'queued' };
  } catch (error) {
    if (asChorusError(error).code !== 'notice.too_many') throw error;
    return { deviceId: named, outcome: 'full' };
  }
}
