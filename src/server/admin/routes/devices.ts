import type { FastifyRequest } from 'fastify';
import { ChorusError } from '../../../core/index.js';
import type { Firmware } from '../../../firmware/index.js';
import { parseDeviceId } from '../../../protocol/index.js';
import { turnView, type KeptTurn } from '../../../session/index.js';
import type { DeviceRecord } from '../../../store/index.js';
import type { DeviceControl } from '../../device-control.js';
import type { AdminApi } from '../api.js';
import { ADMIN_API } from '../contract.js';
import type { DeviceDetails, DeviceView } from '../schemas.js';
import { verdictOf } from '../verdict.js';

export interface DeviceRouteOptions {
  readonly control: DeviceControl;
  /** Undefined: there are no updates. */
  readonly firmware?: Firmware | undefined;
  /** By which limits are counted: where the request comes from. */
  readonly sourceOf: (request: FastifyRequest) => string;
  /** Oldest first. */
  readonly turns: () => readonly KeptTurn[];
}

/** Devices and pairing. Client ids and tokens are in no answer: who has them is the device. */
export function registerDeviceRoutes(api: AdminApi, options: DeviceRouteOptions): void {
  const { control } = options;
  const view = (device: DeviceRecord): DeviceView => deviceView(device, control.isConnected(device.deviceId), options.turns().filter((turn) => turn.deviceId === device.deviceId));
  const known = async (id: string, work: (deviceId: string) => Promise<DeviceRecord | undefined>): Promise<{ device: DeviceView }> => {
    const deviceId = parseDeviceId(id);
    const device = deviceId === undefined ? undefined : await work(deviceId);
    if (!device) throw noSuchDevice(id);
    return { device: view(device) };
  };

  api.on(ADMIN_API.listDevices, async () => {
    const turns = byDevice(options.turns());
    return { devices: (await control.list()).map((device) => deviceView(device, control.isConnected(device.deviceId), turns.get(device.deviceId) ?? [])) };
  });
  api.on(ADMIN_API.showDevice, async ({ params: { id } }) => {
    const deviceId = parseDeviceId(id);
    const device = deviceId === undefined ? undefined : await control.find(deviceId);
    if (!device) throw noSuchDevice(id);
    return { device: { ...view(device), ...(await detailsOf(device, options.firmware)) } };
  });
  api.on(ADMIN_API.renameDevice, ({ params: { id }, body: { name } }) => known(id, (deviceId) => control.rename(deviceId, name === '' ? undefined : name)));
  api.on(ADMIN_API.forgetDevice, async ({ params: { id } }) => {
    const deviceId = parseDeviceId(id);
    if (deviceId === undefined || !(await control.forget(deviceId))) throw noSuchDevice(id);
  });
  api.on(ADMIN_API.rotateDevice, ({ params: { id } }) => known(id, (deviceId) => control.rotate(deviceId)));
  api.on(ADMIN_API.revokeDevice, ({ params: { id } }) => known(id, async (deviceId) => ((await control.revoke(deviceId)) ? control.find(deviceId) : undefined)));
  api.on(ADMIN_API.approvePairing, async ({ body: { code }, request }) => {
    const device = await control.approve(code, options.sourceOf(request));
    if (!device) throw new ChorusError('admin.not_found', 'no device has this code: it is wrong, was used, or has expired', { details: { what: 'code' } });
    return { device: view(device) };
  });
}

export function noSuchDevice(id: string): ChorusError {
  return new ChorusError('admin.not_found', `there is no device ${id}`, { details: { what: id } });
}

async function detailsOf({ deviceId, board, firmwareVersion, tokenGeneration, previousGenerationValid }: DeviceRecord, firmware: Firmware | undefined): Promise<Omit<DeviceDetails, keyof DeviceView>> {
  // What it says beyond these (its chip, the room it has) is only known while it asks.
  const judged = (await firmware?.judge({ deviceId, board, version: firmwareVersion, chip: undefined, elfSha256: undefined, slotBytes: undefined })) ?? [];
  return {
    tokenGeneration,
    previousTokenValid: previousGenerationValid,
    firmware: judged.map(({ release: { id, version }, judgement }) => ({ id, version, offered: judgement.offer, ...(!judgement.offer && { because: judgement.because }) })),
  };
}

function byDevice(turns: readonly KeptTurn[]): ReadonlyMap<string, readonly KeptTurn[]> {
  const found = new Map<string, KeptTurn[]>();
  for (const turn of turns) {
    const own = found.get(turn.deviceId);
    if (own) own.push(turn);
    else found.set(turn.deviceId, [turn]);
  }
  return found;
}

/** `turns`: those of the device that are kept, oldest first. */
export function deviceView(device: DeviceRecord, connected: boolean, turns: readonly KeptTurn[]): DeviceView {
  const { deviceId, name, board, firmwareVersion, language, boundAtMs, boundBy, revoked, firstSeenMs, lastSeenMs } = device;
  const last = turns.at(-1);
  return {
    deviceId, name, board, firmwareVersion, language, bound: boundAtMs !== undefined, boundBy, boundAtMs, revoked, connected, firstSeenMs, lastSeenMs,
    browser: boundBy === 'console',
    ...(last && { lastTurn: lastTurnOf(last), talk: talkOf(turns, last) }),
  };
}

function lastTurnOf(turn: KeptTurn): DeviceView['lastTurn'] {
  const view = turnView(turn);
  const { atWallMs: atMs, outcome, code, stagesMs: stages, underruns } = view;
  return { atMs, outcome, code, stages, underruns, verdict: verdictOf(view) };
}

function talkOf(turns: readonly KeptTurn[], last: KeptTurn): DeviceView['talk'] {
  return {
    turns: turns.length,
    lastTurnAtMs: last.atWallMs,
    lastOutcome: last.record.outcome,
    underruns: turns.reduce((sum, { stats }) => sum + (stats?.underruns ?? 0), 0),
    underrunMs: turns.reduce((sum, { stats }) => sum + Math.round(stats?.underrunMs ?? 0), 0),
  };
}
