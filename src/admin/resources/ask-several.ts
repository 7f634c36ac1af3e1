import { z } from 'zod';
import { asChorusError } from '../../core/index.js';
import { parseDeviceId } from '../../device/protocol/index.js';
import type { AdminApi, Routes } from '../api.js';
import {
  askAudioQuery,
  askRequest,
  chosenDevices,
  namesOneKind,
  ONE_KIND,
  recordingReader,
  refuseTooLarge,
  sayAudioOnSeveralQuery,
  sayToSeveralRequest,
  type AskOnDevice,
  type SayRouteOptions,
} from './say.js';

export const ASK_MAX_DEVICES = 100;

export const askSeveralRequest = z
  .strictObject({
    ...askRequest.shape,
    devices: sayToSeveralRequest.shape.devices.unwrap().max(ASK_MAX_DEVICES).optional().meta({
      description: 'MAC addresses. Exactly one of devices, agent and all is given.',
    }),
    agent: sayToSeveralRequest.shape.agent,
    all: sayToSeveralRequest.shape.all,
  })
  .refine(namesOneKind, ONE_KIND);
export const askSeveralByAudioQuery = z
  .strictObject({
    ...askAudioQuery.shape,
    devices: sayAudioOnSeveralQuery.shape.devices,
    agent: sayToSeveralRequest.shape.agent,
    all: sayAudioOnSeveralQuery.shape.all,
  })
  .refine(namesOneKind, ONE_KIND);

export const askSeveralAnswer = z.object({
  answers: z.array(
    z.object({
      deviceId: z.string().meta({ description: 'As it was asked for.' }),
      heard: z.string().optional().meta({ description: 'What the person said; left out: nothing.' }),
      outcome: z.enum(['answered', 'silent', 'not_asked', 'asks_already', 'no_channel', 'left_out', 'unknown']).meta({
        description:
          'answered: see heard. silent: it asked, and nobody spoke in time. not_asked: it was busy for all the ' +
          'time, or its voice failed. asks_already: another question waits there for its answer. no_channel: it ' +
          `is not connected. left_out: ${ASK_MAX_DEVICES} other devices were asked. unknown: there is no such device.`,
      }),
    }),
  ),
});
export type AskedOne = z.output<typeof askSeveralAnswer>['answers'][number];

export const askSeveralRoutes = {
  askOnSeveral: {
    method: 'POST',
    path: '/ask',
    summary:
      'Asks something on several devices, on those of an agent, or on all, at the same time; answers for each when ' +
      'all have answered, or after waitS.',
    body: askSeveralRequest,
    answer: askSeveralAnswer,
  },
  askSeveralByAudio: {
    method: 'POST',
    path: '/ask/audio',
    summary: 'Plays a recorded question on several devices, on those of an agent, or on all; answers for each.',
    query: askSeveralByAudioQuery,
    body: 'binary',
    answer: askSeveralAnswer,
  },
} as const satisfies Routes;

export function registerAskSeveralRoutes(api: AdminApi, options: SayRouteOptions): void {
  const recorded = recordingReader(options);
  api.on(askSeveralRoutes.askOnSeveral, async ({ body, signal }) => ({
    answers: await askAll(await chosenDevices(body, options), body, options, signal),
  }));
  api.on(
    askSeveralRoutes.askSeveralByAudio,
    async (asked) => {
      const ids = await chosenDevices(asked.query, options);
      const request = { ...asked.query, recording: await recorded(asked) };
      return { answers: await askAll(ids, request, options, asked.signal) };
    },
    refuseTooLarge,
  );
}

/** The result has the order of `ids`. */
async function askAll(
  ids: readonly string[],
  request: AskOnDevice,
  options: SayRouteOptions,
  signal: AbortSignal,
): Promise<AskedOne[]> {
  // All devices are checked before the first question is asked. An error in a later check would leave questions that
  // have begun without a handler for their own errors.
  const refused: (Awaited<ReturnType<typeof refusal>> | 'left_out')[] = [];
  let places = ASK_MAX_DEVICES;
  for (const named of ids) {
    const outcome = (await refusal(named, options)) ?? (places > 0 ? undefined : 'left_out');
    if (outcome === undefined) places -= 1;
    refused.push(outcome);
  }
  return Promise.all(
    ids.map(async (deviceId, index) => {
      const outcome = refused[index];
      return outcome === undefined ? askOne(deviceId, request, options, signal) : { deviceId, outcome };
    }),
  );
}

/** Undefined if the device can be asked. */
async function refusal(
  named: string,
  { say, devices }: SayRouteOptions,
): Promise<'unknown' | 'no_channel' | undefined> {
  const deviceId = parseDeviceId(named);
  if (deviceId === undefined || !(await devices.find(deviceId))) return 'unknown';
  return say.isAwake(deviceId) ? undefined : 'no_channel';
}

async function askOne(
  named: string,
  request: AskOnDevice,
  { say }: SayRouteOptions,
  signal: AbortSignal,
): Promise<AskedOne> {
  try {
    const { asked, heard } = await say.ask(parseDeviceId(named) ?? named, request, signal);
    if (heard !== undefined) return { deviceId: named, heard, outcome: 'answered' };
    return { deviceId: named, outcome: asked ? 'silent' : 'not_asked' };
  } catch (error) {
    if (asChorusError(error).code !== 'notice.too_many') throw error;
    return { deviceId: named, outcome: 'asks_already' };
  }
}
