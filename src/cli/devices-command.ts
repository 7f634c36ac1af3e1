import { ChorusError } from '../core/index.js';
import { readLocalToken } from '../server/index.js';
import type { CliContext, ConfigFlags } from './context.js';
import { EXIT, type ExitCode } from './exit-code.js';
import { told } from './failure.js';
import { loadForCommand } from './load.js';
import { localServer } from './local-server.js';

export interface DevicesFlags extends ConfigFlags {
  readonly json?: boolean;
}

interface DeviceView {
  readonly deviceId: string;
  readonly board?: string;
  readonly firmwareVersion?: string;
  readonly language: string;
  readonly bound: boolean;
  readonly revoked: boolean;
  readonly connected: boolean;
}

/** `chorus devices list`. */
export async function listDevices(flags: DevicesFlags, context: CliContext): Promise<ExitCode> {
  const { devices } = (await ask(flags, context, 'GET', '/devices', context.words.devices.none)) as { devices: readonly DeviceView[] };
  if (flags.json) {
    context.out(`${JSON.stringify(devices, null, 2)}\n`);
    return EXIT.ok;
  }
  const w = context.words.devices;
  if (devices.length === 0) context.out(`${w.none}\n`);
  for (const device of devices) {
    const state = device.revoked ? w.revokedState : device.bound ? w.paired : w.unpaired;
    const parts = [device.deviceId, state, ...(device.connected ? [context.colours.green(w.connected)] : []), device.board ?? '', device.firmwareVersion ?? '', device.language];
    context.out(`${parts.filter((part) => part !== '').join('  ')}\n`);
  }
  return EXIT.ok;
}

/** `chorus devices approve CODE`. */
export async function approveDevice(code: string, flags: DevicesFlags, context: CliContext): Promise<ExitCode> {
  const { device } = (await ask(flags, context, 'POST', '/pairing', context.words.devices.noSuchCode(code), { code: code.replaceAll(/[\s-]/g, '') })) as { device: DeviceView };
  return done(flags, context, device, context.words.devices.approved(device.deviceId));
}

/** `chorus devices revoke MAC`. */
export async function revokeDevice(deviceId: string, flags: DevicesFlags, context: CliContext): Promise<ExitCode> {
  const { device } = (await ask(flags, context, 'POST', `/devices/${encodeURIComponent(deviceId)}/revoke`, context.words.devices.noSuchDevice(deviceId))) as { device: DeviceView };
  return done(flags, context, device, context.words.devices.revoked(device.deviceId));
}

/** `chorus devices rotate MAC`. */
export async function rotateDevice(deviceId: string, flags: DevicesFlags, context: CliContext): Promise<ExitCode> {
  const { device } = (await ask(flags, context, 'POST', `/devices/${encodeURIComponent(deviceId)}/rotate`, context.words.devices.noSuchDevice(deviceId))) as { device: DeviceView };
  return done(flags, context, device, context.words.devices.rotated(device.deviceId));
}

function done(flags: DevicesFlags, context: CliContext, answer: unknown, sentence: string): ExitCode {
  context.out(flags.json ? `${JSON.stringify(answer, null, 2)}\n` : `${sentence}\n`);
  return EXIT.ok;
}

/**
 * Asks the running server of this data folder, showing the secret of the folder; `unknown`: what it means that it does not know what it was asked
 * for. Errors: `device.unreachable`, `device.refused`, `auth.rate_limited`.
 */
async function ask(flags: DevicesFlags, context: CliContext, method: 'GET' | 'POST', path: string, unknown: string, body?: unknown): Promise<unknown> {
  const { config } = await loadForCommand(flags, context);
  const { origin: base } = await localServer(flags.data, config.server.port);
  const token = await readLocalToken(flags.data);
  const unreachable = (cause?: unknown): ChorusError => told('device.unreachable', context.words.devices.noServer(base), cause);
  if (token === undefined) throw unreachable();
  const response = await fetch(`${base}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: context.interrupted,
  }).catch((error: unknown) => {
    throw unreachable(error);
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.status === 404) throw told('device.refused', unknown);
  if (response.status === 429) throw new ChorusError('auth.rate_limited', 'too many wrong pairing codes');
  if (!response.ok) throw told('device.refused', context.words.devices.refused(response.status));
  return answer;
}
