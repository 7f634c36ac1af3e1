import type { FastifyRequest } from 'fastify';
import { ChorusError } from '../../core/index.js';
import type { Firmware } from '../../device/firmware/index.js';
import { parseDeviceId } from '../../device/protocol/index.js';
import type { DeviceRecord } from '../../platform/store/index.js';
import type { DeviceControl } from '../../device/access/device-control.js';
import type { AdminApi } from '../api.js';
import { ADMIN_API } from '../contract.js';
import type { DeviceDetails, DeviceView } from '../schemas.js';
import { verdictOf } from '../verdict.js';
import type { TurnRecord } from '../../records/index.js';

/** How much a device has talked. */
export interface DeviceTalk {
  readonly turns: number;
  /** Predicted by the pacer. */
  readonly underruns: number;
  readonly underrunMs: number;
  readonly last: Omit<TurnRecord, 'id'>;
}

export interface DeviceTalkBook {
  /** Undefined: nothing is known of it. Never rejects. */
  of(deviceId: string): Promise<DeviceTalk | undefined>;
}

export interface DeviceRouteOptions {
  readonly control: DeviceControl;
  /** Undefined: there are no updates. */
  readonly firmware?: Firmware | undefined;
  /** By which limits are counted: where the request comes from. */
  readonly sourceOf: (request: FastifyRequest) => string;
  readonly talks?: DeviceTalkBook | undefined;
}

/** Devices and pairing. Client ids and tokens are in no answer: who has them is the device. */
export function registerDeviceRoutes(api: AdminApi, options: DeviceRouteOptions): void {
  const { control } = options;
  const view = async (device: DeviceRecord): Promise<DeviceView> =>
    deviceView(device, control.isConnected(device.deviceId), await options.talks?.of(device.deviceId));
  const known = async (
    id: string,
    work: (deviceId: string) => Promise<DeviceRecord | undefined>,
  ): Promise<{ device: DeviceView }> => {
    const deviceId = parseDeviceId(id);
    const device = deviceId === undefined ? undefined : await work(deviceId);
    if (!device) throw noSuchDevice(id);
    return { device: await view(device) };
  };

  api.on(ADMIN_API.listDevices, async () => {
    const devices: DeviceView[] = [];
    // One after the other: those whose past is read from an embedded database take a moment of the thread each.
    for (const device of await control.list()) devices.push(await view(device));
    return { devices };
  });
  api.on(ADMIN_API.showDevice, async ({ params: { id } }) => {
    const deviceId = parseDeviceId(id);
    const device = deviceId === undefined ? undefined : await control.find(deviceId);
    if (!device) throw noSuchDevice(id);
    return { device: { ...(await view(device)), ...(await detailsOf(device, options.firmware)) } };
  });
  api.on(ADMIN_API.renameDevice, ({ params: { id }, body: { name } }) =>
    known(id, (deviceId) => control.rename(deviceId, name === '' ? undefined : name)),
  );
  api.on(ADMIN_API.forgetDevice, async ({ params: { id } }) => {
    const deviceId = parseDeviceId(id);
    if (deviceId === undefined || !(await control.forget(deviceId))) throw noSuchDevice(id);
  });
  api.on(ADMIN_API.rotateDevice, ({ params: { id } }) => known(id, (deviceId) => control.rotate(deviceId)));
  api.on(ADMIN_API.revokeDevice, ({ params: { id } }) =>
    known(id, async (deviceId) => ((await control.revoke(deviceId)) ? control.find(deviceId) : undefined)),
  );
  api.on(ADMIN_API.approvePairing, async ({ body: { code }, request }) => {
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
  // What it says beyond these (its chip, the room it has) is only known while it asks.
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

export function deviceView(device: DeviceRecord, connected: boolean, talk: DeviceTalk | undefined): DeviceView {
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
    firstSeenMs,
    lastSeenMs,
    browser: boundBy === 'console',
    ...(talk && { lastTurn: lastTurnOf(talk.last), talk: talkOf(talk) }),
  };
}

function lastTurnOf(turn: DeviceTalk['last']): DeviceView['lastTurn'] {
  const { atWallMs: atMs, outcome, code, stagesMs: stages, underruns } = turn;
  return { atMs, outcome, code, stages, underruns, verdict: verdictOf(turn) };
}

function talkOf({ turns, underruns, underrunMs, last }: DeviceTalk): DeviceView['talk'] {
  return { turns, lastTurnAtMs: last.atWallMs, lastOutcome: last.outcome, underruns, underrunMs };
}
