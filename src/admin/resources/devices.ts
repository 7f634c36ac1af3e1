import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ChorusError } from '../../core/index.js';
import type { DeviceTalk } from '../../conversation/history/index.js';
import type { DeviceControl } from '../../device/access/index.js';
import type { Firmware } from '../../device/firmware/index.js';
import { parseDeviceId } from '../../device/protocol/index.js';
import type { DeviceRecord } from '../../platform/store/index.js';
import type { AdminApi, Routes } from '../api.js';
import { wallMs, deviceIdParameter } from '../shapes.js';
import { turnVerdict, verdictOfTurn } from '../verdict.js';

export const deviceView = z.object({
  deviceId: z.string(),
  name: z.string().optional().meta({ description: 'Given by a person.' }),
  board: z.string().optional(),
  firmwareVersion: z.string().optional(),
  language: z.string(),
  bound: z.boolean(),
  boundBy: z
    .string()
    .optional()
    .meta({ examples: ['lan', 'code', 'open', 'allowlist', 'local', 'console'] }),
  boundAtMs: wallMs.optional(),
  revoked: z.boolean(),
  connected: z.boolean(),
  agentId: z.string().optional().meta({ description: 'Agent that answers there instead of the configured assistant.' }),
  roles: z
    .array(z.string())
    .optional()
    .meta({ description: 'Agents that it may change to by voice; an empty id: the configured assistant.' }),
  firstSeenMs: wallMs,
  lastSeenMs: wallMs,
  browser: z.boolean().meta({ description: 'The page in a browser, not a device.' }),
  lastTurn: z
    .object({
      atMs: wallMs,
      outcome: z.string(),
      code: z.string().optional(),
      stages: z.record(z.string(), z.number()).meta({ description: 'Milliseconds.' }),
      underruns: z.number(),
      verdict: turnVerdict,
    })
    .optional()
    .meta({ description: 'Also from before the last start, as long as the history has it.' }),
  talk: z
    .object({
      turns: z.number(),
      lastTurnAtMs: wallMs,
      lastOutcome: z.string(),
      underruns: z.number(),
      underrunMs: z.number(),
    })
    .optional()
    .meta({ description: 'Sums since the last start, and over the turns of the history before it.' }),
});
export type DeviceView = z.output<typeof deviceView>;

export const noFirmwareBecause = z.enum([
  'other_board',
  'has_it',
  'paused',
  'halted',
  'not_chosen',
  'other_chip',
  'too_large',
  'version_unknown',
  'not_newer',
  'put_back',
  'gave_up',
  'others_under_way',
]);

export const deviceDetails = deviceView.extend({
  tokenGeneration: z.number().meta({ description: 'Counts on with every new token.' }),
  previousTokenValid: z
    .boolean()
    .meta({ description: 'The token before still works, as the new one was not used yet.' }),
  firmware: z
    .array(
      z.object({
        id: z.string(),
        version: z.string(),
        offered: z.boolean().meta({ description: 'It is offered this version when it starts next.' }),
        because: noFirmwareBecause.optional().meta({ description: 'Why not.' }),
      }),
    )
    .meta({ description: 'Releases for its board, newest first.' }),
});
export type DeviceDetails = z.output<typeof deviceDetails>;

export const deviceDetailsAnswer = z.object({ device: deviceDetails });
export const devicesAnswer = z.object({ devices: z.array(deviceView) });
export const deviceAnswer = z.object({ device: deviceView });
export const renameDeviceRequest = z.strictObject({
  name: z.string().trim().max(64).meta({ description: 'Empty: no name.' }),
});
export const pairingRequest = z.strictObject({
  code: z
    .string()
    .min(1)
    .max(32)
    .meta({ description: 'Six digits; spaces and dashes do not count.', examples: ['123 456'] }),
});

export const deviceRoutes = {
  listDevices: { method: 'GET', path: '/devices', summary: 'Every device that was here.', answer: devicesAnswer },
  showDevice: {
    method: 'GET',
    path: '/devices/:id',
    summary: 'One device, with its token and firmware.',
    params: deviceIdParameter,
    answer: deviceDetailsAnswer,
  },
  renameDevice: {
    method: 'PATCH',
    path: '/devices/:id',
    summary: 'Gives a device a name.',
    params: deviceIdParameter,
    body: renameDeviceRequest,
    answer: deviceAnswer,
  },
  revokeDevice: {
    method: 'POST',
    path: '/devices/:id/revoke',
    summary: 'Ends the tokens and the connection of a device at once; it needs a code to come back.',
    params: deviceIdParameter,
    answer: deviceAnswer,
  },
  rotateDevice: {
    method: 'POST',
    path: '/devices/:id/rotate',
    summary: 'The device gets a new token when it boots next; the old one works until then.',
    params: deviceIdParameter,
    answer: deviceAnswer,
  },
  forgetDevice: {
    method: 'DELETE',
    path: '/devices/:id',
    summary: 'Removes all that is known of a device; it may come again as a new one.',
    params: deviceIdParameter,
  },
  approvePairing: {
    method: 'POST',
    path: '/pairing',
    summary: 'Binds the device that speaks this code.',
    body: pairingRequest,
    answer: deviceAnswer,
  },
} as const satisfies Routes;

export interface DeviceTalkStatistics {
  /** Undefined if the server knows no turns of this device. Never rejects. */
  of(deviceId: string): Promise<DeviceTalk | undefined>;
}

export interface DeviceRouteOptions {
  readonly control: DeviceControl;
  readonly firmware?: Firmware | undefined;
  /** Identifies the sender of a request. Limits count requests per sender. */
  readonly sourceOf: (request: FastifyRequest) => string;
  readonly talks?: DeviceTalkStatistics | undefined;
}

/** No answer contains a client id or a token, because these identify the device. */
export function registerDeviceRoutes(api: AdminApi, options: DeviceRouteOptions): void {
  const { control } = options;
  const view = async (device: DeviceRecord): Promise<DeviceView> =>
    viewOfDevice(device, control.isConnected(device.deviceId), await options.talks?.of(device.deviceId));
  const known = async (
    id: string,
    work: (deviceId: string) => Promise<DeviceRecord | undefined>,
  ): Promise<{ device: DeviceView }> => {
    const deviceId = parseDeviceId(id);
    const device = deviceId === undefined ? undefined : await work(deviceId);
    if (!device) throw noSuchDevice(id);
    return { device: await view(device) };
  };

  api.on(deviceRoutes.listDevices, async () => {
    const devices: DeviceView[] = [];
    // The devices are read one after another, because each read of an embedded database blocks this thread.
    for (const device of await control.list()) devices.push(await view(device));
    return { devices };
  });
  api.on(deviceRoutes.showDevice, async ({ params: { id } }) => {
    const deviceId = parseDeviceId(id);
    const device = deviceId === undefined ? undefined : await control.find(deviceId);
    if (!device) throw noSuchDevice(id);
    return { device: { ...(await view(device)), ...(await detailsOf(device, options.firmware)) } };
  });
  api.on(deviceRoutes.renameDevice, ({ params: { id }, body: { name } }) =>
    known(id, (deviceId) => control.rename(deviceId, name === '' ? undefined : name)),
  );
  api.on(deviceRoutes.forgetDevice, async ({ params: { id } }) => {
    const deviceId = parseDeviceId(id);
    if (deviceId === undefined || !(await control.forget(deviceId))) throw noSuchDevice(id);
  });
  api.on(deviceRoutes.rotateDevice, ({ params: { id } }) => known(id, (deviceId) => control.rotate(deviceId)));
  api.on(deviceRoutes.revokeDevice, ({ params: { id } }) =>
    known(id, async (deviceId) => ((await control.revoke(deviceId)) ? control.find(deviceId) : undefined)),
  );
  api.on(deviceRoutes.approvePairing, async ({ body: { code }, request }) => {
    const device = await control.approve(code, options.sourceOf(request));
    if (!device)
      throw new ChorusError('admin.not_found', 'no device has this code: it is wrong, was used, or has expired', {
        details: { what: 'code' },
      });
    return { device: await view(device) };
  });
}

export function noSuchDevice(id: string): ChorusError {
  return new ChorusError('admin.not_found', `there is no device ${id}`, { details: { what: id } });
}

async function detailsOf(
  { deviceId, board, firmwareVersion, tokenGeneration, previousGenerationValid }: DeviceRecord,
  firmware: Firmware | undefined,
): Promise<Omit<DeviceDetails, keyof DeviceView>> {
  // The server learns the other values only when the device itself asks for an update.
  const judged =
    (await firmware?.judge({
      deviceId,
      board,
      version: firmwareVersion,
      chip: undefined,
      elfSha256: undefined,
      slotBytes: undefined,
    })) ?? [];
  return {
    tokenGeneration,
    previousTokenValid: previousGenerationValid,
    firmware: judged.map(({ release: { id, version }, judgement }) => ({
      id,
      version,
      offered: judgement.offer,
      ...(!judgement.offer && { because: judgement.because }),
    })),
  };
}

export function viewOfDevice(device: DeviceRecord, connected: boolean, talk: DeviceTalk | undefined): DeviceView {
  const {
    deviceId,
    name,
    board,
    firmwareVersion,
    language,
    boundAtMs,
    boundBy,
    revoked,
    agentId,
    roles,
    firstSeenMs,
    lastSeenMs,
  } = device;
  return {
    deviceId,
    name,
    board,
    firmwareVersion,
    language,
    bound: boundAtMs !== undefined,
    boundBy,
    boundAtMs,
    revoked,
    connected,
    agentId,
    ...(roles && { roles: [...roles] }),
    firstSeenMs,
    lastSeenMs,
    browser: boundBy === 'console',
    ...(talk && { lastTurn: lastTurnOf(talk.last), talk: talkOf(talk) }),
  };
}

function lastTurnOf(turn: DeviceTalk['last']): DeviceView['lastTurn'] {
  const { atWallMs: atMs, outcome, code, stagesMs: stages, underruns } = turn;
  return { atMs, outcome, code, stages, underruns, verdict: verdictOfTurn(turn) };
}

function talkOf({ turns, underruns, underrunMs, last }: DeviceTalk): DeviceView['talk'] {
  return { turns, lastTurnAtMs: last.atWallMs, lastOutcome: last.outcome, underruns, underrunMs };
}
