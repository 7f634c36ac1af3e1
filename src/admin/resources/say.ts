import { randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { asChorusError, ChorusError, type Clock } from '../../core/index.js';
import type { DeviceRecord } from '../../platform/store/index.js';
import type { Answered, Notices, Questions, Recording } from '../../conversation/notices/index.js';
import { parseDeviceId } from '../../device/protocol/index.js';
import { MAX_RECORDING_BYTES, MAX_RECORDING_S, tooLarge, type RecordingEncoder } from '../../speech/speaking/index.js';
import type { AdminApi, Routes } from '../api.js';
import { acceptBinaryBodies, binaryBody, collected } from '../binary-body.js';
import type { AdminGate } from '../gate.js';
import { deviceIdParameter } from '../shapes.js';
import { resourceWords } from '../words/resources.js';
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
export const SAY_MAX_DEVICES = 500;

interface Kinds {
  readonly devices?: unknown;
  readonly agent?: unknown;
  readonly all?: unknown;
}
export const namesOneKind = ({ devices, agent, all }: Kinds): boolean =>
  [devices, agent, all].filter((given) => given !== undefined).length === 1;
export const ONE_KIND = {
  error: 'exactly one of devices, agent and all is needed',
  params: { zh: 'devices、agent、all 必须且只能给出一个' },
};

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
  .refine(namesOneKind, ONE_KIND);
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
export type SaidOne = z.output<typeof sayToSeveralAnswer>['answers'][number];

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
type AskRequest = z.output<typeof askRequest>;

/** The body of the three requests below is the file itself (application/octet-stream). */
const recordingQuery = {
  text: z.string().trim().max(200).default('').meta({
    description: 'Shown while the recording is played, and its name in the history; left out: a note (♪).',
  }),
  priority: sayRequest.shape.priority,
};
const yesOrNo = z.enum(['true', 'false']).transform((value) => value === 'true');
export const sayAudioQuery = z.strictObject({
  ...recordingQuery,
  expiresInS: z.coerce
    .number()
    .pipe(sayRequest.shape.expiresInS.unwrap())
    .default(86_400)
    .meta({ description: 'Seconds for which it is kept when the device sleeps; later it is not played.' }),
});
export const sayAudioOnSeveralQuery = z
  .strictObject({
    ...sayAudioQuery.shape,
    devices: z
      .string()
      .max(8_000)
      .transform((list) => list.split(','))
      .optional()
      .meta({ description: 'MAC addresses, separated by commas. Exactly one of devices, agent and all is given.' }),
    agent: sayToSeveralRequest.shape.agent,
    all: z.enum(['true']).optional().meta({ description: 'All devices that are bound.' }),
    onlyAwake: yesOrNo.default(false).meta({ description: 'Not kept for devices that are not connected.' }),
  })
  .refine(namesOneKind, ONE_KIND);
export const askAudioQuery = z.strictObject({
  ...recordingQuery,
  waitS: z.coerce
    .number()
    .pipe(askRequest.shape.waitS.unwrap())
    .default(30)
    .meta({ description: 'Longest wait for the answer in seconds, including the playing of the recording.' }),
});

const KINDS = `WAV, MP3, Ogg or FLAC of at most ${MAX_RECORDING_S} s and ${MAX_RECORDING_BYTES / 2 ** 20} MB`;

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
  playOnDevice: {
    method: 'POST',
    path: '/devices/:id/say/audio',
    summary: `Like say, with a recording that is played (application/octet-stream): ${KINDS}.`,
    params: deviceIdParameter,
    query: sayAudioQuery,
    body: 'binary',
    answer: sayAnswer,
  },
  playOnSeveral: {
    method: 'POST',
    path: '/say/audio',
    summary: 'Plays a recording on several devices, on those of an agent, or on all; answers for each.',
    query: sayAudioOnSeveralQuery,
    body: 'binary',
    answer: sayToSeveralAnswer,
  },
  askByAudio: {
    method: 'POST',
    path: '/devices/:id/ask/audio',
    summary: 'Plays a recorded question on a connected device, and answers with the words that the person says next.',
    params: deviceIdParameter,
    query: askAudioQuery,
    body: 'binary',
    answer: askAnswer,
  },
} as const satisfies Routes;

/** A recording is played in place of the spoken text. */
type Recorded<T> = T & { readonly recording?: Recording | undefined };
export type AskOnDevice = Recorded<AskRequest>;

/** Errors: `notice.too_many`, `store.*`. */
export interface SayControl {
  say(deviceId: string, request: Recorded<SayRequest>): Promise<SayAnswer>;
  isAwake(deviceId: string): boolean;
  /** Errors: `notice.too_many`, the signal's reason. */
  ask(deviceId: string, request: Recorded<AskRequest>, signal: AbortSignal): Promise<Answered>;
  /** Decodes and encodes a file once, for all devices. Errors: `recording.*`, `capacity.queue_full`. */
  record(file: Uint8Array, signal: AbortSignal): Promise<Recording>;
}

interface SayParts {
  readonly notices: Notices;
  readonly questions: Questions;
  readonly recordings: RecordingEncoder;
}

export function createSayControl({ notices, questions, recordings }: SayParts, clock: Clock): SayControl {
  return {
    async say(deviceId, { text, recording, priority, expiresInS }) {
      const dueMs = clock.wallMs();
      const kept = await notices.add({
        deviceId,
        kind: 'message',
        text,
        recording,
        dueMs,
        expiresMs: Math.round(dueMs) + expiresInS * 1000,
        timeZone: 'UTC',
        urgent: priority === 'high',
      });
      if (!kept) throw new ChorusError('notice.too_many', `too much is waiting to be said on ${deviceId}`);
      return { id: kept.id, awake: notices.isPresent(deviceId) };
    },
    isAwake: (deviceId) => notices.isPresent(deviceId),
    ask: (deviceId, { text, recording, priority, waitS }, signal) =>
      questions.ask(
        deviceId,
        { text, recording: recording?.packets, urgent: priority === 'high', waitMs: waitS * 1000 },
        signal,
      ),
    record: async (file, signal) => ({ id: randomUUID(), packets: await recordings.encode(file, signal) }),
  };
}

export interface SayRouteOptions {
  readonly say: SayControl;
  readonly gate: AdminGate;
  readonly devices: {
    find(deviceId: string): Promise<DeviceRecord | undefined>;
    list(): Promise<readonly DeviceRecord[]>;
  };
  readonly isAgent: (id: string) => Promise<boolean>;
}

export function registerSayRoutes(api: AdminApi, options: SayRouteOptions): void {
  const { say } = options;
  api.on(sayRoutes.sayOnDevice, async ({ params: { id }, body }) => say.say(await knownId(id, options), body));
  api.on(sayRoutes.sayOnSeveral, async ({ body }) => ({
    answers: await sayOnAll(await chosenDevices(body, options), body, options),
  }));
  api.on(sayRoutes.askOnDevice, async ({ params: { id }, body, signal }) =>
    answerOf(await say.ask(await knownId(id, options), body, signal)),
  );
  registerAudioRoutes(api, options);
}

function registerAudioRoutes(api: AdminApi, options: SayRouteOptions): void {
  const { say } = options;
  acceptBinaryBodies(api.app);
  const recorded = recordingReader(options);
  api.on(
    sayRoutes.playOnDevice,
    async (asked) => {
      const deviceId = await knownId(asked.params.id, options);
      return say.say(deviceId, { ...asked.query, recording: await recorded(asked) });
    },
    refuseTooLarge,
  );
  api.on(
    sayRoutes.playOnSeveral,
    async (asked) => {
      const ids = await chosenDevices(asked.query, options);
      return { answers: await sayOnAll(ids, { ...asked.query, recording: await recorded(asked) }, options) };
    },
    refuseTooLarge,
  );
  api.on(
    sayRoutes.askByAudio,
    async (asked) => {
      const deviceId = await knownId(asked.params.id, options);
      return answerOf(await say.ask(deviceId, { ...asked.query, recording: await recorded(asked) }, asked.signal));
    },
    refuseTooLarge,
  );
}

/** Errors: `recording.*`, `capacity.queue_full`. */
export function recordingReader({ say, gate }: SayRouteOptions): (upload: Upload) => Promise<Recording> {
  return async ({ request, signal }) => {
    const body = binaryBody(request, resourceWords.recording, (one) => gate.admit(one));
    return say.record(await collected(body, MAX_RECORDING_BYTES, tooLarge), signal);
  };
}

async function knownId(id: string, { devices }: SayRouteOptions): Promise<string> {
  const deviceId = parseDeviceId(id);
  if (deviceId === undefined || !(await devices.find(deviceId))) throw noSuchDevice(id);
  return deviceId;
}

interface Upload {
  readonly request: FastifyRequest;
  readonly signal: AbortSignal;
}

const answerOf = ({ asked, heard }: Answered): z.output<typeof askAnswer> => ({
  asked,
  ...(heard !== undefined && { heard }),
});

/** Refuses a large file by its header, before the body is read. The bytes of the body are counted, too. */
export function refuseTooLarge({ headers }: FastifyRequest): void {
  if (Number(headers['content-length']) > MAX_RECORDING_BYTES) throw tooLarge();
}

type Choice = Pick<z.output<typeof sayToSeveralRequest>, 'devices' | 'agent'>;

/**
 * Returns the named devices without duplicates, else the bound devices of the agent, else all bound devices. Error:
 * `admin.not_found` if the agent does not exist.
 */
export async function chosenDevices(
  { devices: named, agent }: Choice,
  { devices, isAgent }: SayRouteOptions,
): Promise<readonly string[]> {
  if (named) return [...new Map(named.map((id) => [parseDeviceId(id) ?? id, id])).values()];
  if (agent !== undefined && agent !== '' && !(await isAgent(agent))) throw noSuchAgent(agent);
  const bound = (await devices.list()).filter(({ boundAtMs, revoked }) => boundAtMs !== undefined && !revoked);
  const meant = agent === undefined ? bound : bound.filter(({ agentId = '' }) => agentId === agent);
  return meant.map(({ deviceId }) => deviceId);
}

type SayOnOne = Recorded<SayRequest> & { readonly onlyAwake: boolean };

async function sayOnAll(ids: readonly string[], request: SayOnOne, options: SayRouteOptions): Promise<SaidOne[]> {
  const answers: SaidOne[] = [];
  for (const deviceId of ids) answers.push(await sayOn(deviceId, request, options));
  return answers;
}

async function sayOn(
  named: string,
  { onlyAwake, ...request }: SayOnOne,
  { say, devices }: SayRouteOptions,
): Promise<SaidOne> {
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
