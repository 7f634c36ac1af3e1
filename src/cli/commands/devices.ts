import { Argument, type Command } from 'commander';
import type { DefineCommand } from '../command.js';
import { ChorusError, printable, translatedError } from '../../core/index.js';
import type { DeviceDetails, DeviceView } from '../../http/index.js';
import { adminClient, type AdminClient } from '../server/admin-client.js';
import type { CliContext, JsonFlags } from '../context.js';
import { findDevice } from '../server/device-name.js';
import { deviceCard, deviceTable } from '../views/devices.js';
import type { ExitCode } from '../exit-code.js';
import { argumentWords } from '../words/arguments.js';
import { devicesWords } from '../words/devices.js';
import { addSerials, forgetSerial, listSerials } from './devices-serials.js';
import { printAnswer } from '../terminal/json.js';

export const define: DefineCommand = (group, { context, configured, run }) => {
  const { help } = devicesWords[context.language];
  const args = argumentWords[context.language];
  const add = (name: string, about: string): Command => configured(group, name, about);
  add('list', help.list).action(run(listDevices));
  add('show', help.show).argument('<device>', args.device).action(run(showDevice));
  add('approve', help.approve).argument('<code>', help.code).action(run(approveDevice));
  add('rename', help.rename)
    .argument('<device>', args.device)
    .addArgument(new Argument('[name]', help.name))
    .action(run(renameDevice));
  add('revoke', help.revoke).argument('<device>', args.device).action(run(revokeDevice));
  add('rotate', help.rotate).argument('<device>', args.device).action(run(rotateDevice));
  add('forget', help.forget).argument('<device>', args.device).action(run(forgetDevice));
  add('serials', help.serials).action(run(listSerials));
  add('add-serials', help.addSerials).argument('<file>', help.serialsFile).action(run(addSerials));
  add('forget-serial', help.forgetSerial).argument('<serial>', help.serial).action(run(forgetSerial));
};

export async function listDevices(flags: JsonFlags, context: CliContext): Promise<ExitCode> {
  const devices = await allDevices(await adminClient(flags, context));
  const text = devices.length === 0 ? `${devicesWords[context.language].none}\n` : deviceTable(devices, context);
  return printAnswer(flags, context, devices, text);
}

export async function showDevice(name: string, flags: JsonFlags, context: CliContext): Promise<ExitCode> {
  const { api, path } = await meant(name, flags, context);
  const { device } = (await api.call('GET', path)) as { readonly device: DeviceDetails };
  return printAnswer(flags, context, device, deviceCard(device, context));
}

async function approveDevice(code: string, flags: JsonFlags, context: CliContext): Promise<ExitCode> {
  const words = devicesWords[context.language];
  const api = await adminClient(flags, context);
  const answer = await api.call('POST', '/pairing', { code: code.replaceAll(/[\s-]/g, '') }).catch((error: unknown) => {
    throw error instanceof ChorusError && error.code === 'admin.not_found'
      ? translatedError('device.refused', words.noSuchCode(code), error)
      : error;
  });
  const { device } = answer as { readonly device: DeviceView };
  return done(flags, context, device, words.approved(calledOf(device)));
}

export async function renameDevice(
  name: string,
  next: string | undefined,
  flags: JsonFlags,
  context: CliContext,
): Promise<ExitCode> {
  const { api, path } = await meant(name, flags, context);
  const { device } = (await api.call('PATCH', path, { name: next ?? '' })) as { readonly device: DeviceView };
  const same = sameName(await allDevices(api), device);
  if (same) context.err(`${context.colours.yellow(devicesWords[context.language].sameName(same.deviceId))}\n`);
  return done(flags, context, device, devicesWords[context.language].renamed(device.deviceId, device.name));
}

export async function revokeDevice(name: string, flags: JsonFlags, context: CliContext): Promise<ExitCode> {
  const { api, path } = await meant(name, flags, context);
  const { device } = (await api.call('POST', `${path}/revoke`)) as { readonly device: DeviceView };
  return done(flags, context, device, devicesWords[context.language].revoked(calledOf(device)));
}

export async function rotateDevice(name: string, flags: JsonFlags, context: CliContext): Promise<ExitCode> {
  const { api, path } = await meant(name, flags, context);
  const { device } = (await api.call('POST', `${path}/rotate`)) as { readonly device: DeviceView };
  return done(flags, context, device, devicesWords[context.language].rotated(calledOf(device)));
}

export async function forgetDevice(name: string, flags: JsonFlags, context: CliContext): Promise<ExitCode> {
  const { api, path, device } = await meant(name, flags, context);
  await api.call('DELETE', path);
  return done(
    flags,
    context,
    { forgotten: device.deviceId },
    devicesWords[context.language].forgotten(calledOf(device)),
  );
}

export async function allDevices(api: AdminClient): Promise<readonly DeviceView[]> {
  return ((await api.call('GET', '/devices')) as { readonly devices: readonly DeviceView[] }).devices;
}

/** Errors: `device.unknown`, `device.ambiguous`, and those of {@link adminClient}. */
async function meant(
  name: string,
  flags: JsonFlags,
  context: CliContext,
): Promise<{ readonly api: AdminClient; readonly device: DeviceView; readonly path: string }> {
  const api = await adminClient(flags, context);
  const device = findDevice(await allDevices(api), name);
  return { api, device, path: `/devices/${encodeURIComponent(device.deviceId)}` };
}

/** Finds another device of the same name. Commands cannot use a name that two devices share. */
export function sameName<T extends Pick<DeviceView, 'deviceId' | 'name'>>(all: readonly T[], device: T): T | undefined {
  const name = device.name?.trim().toLowerCase();
  return all.find(
    (other) => other.deviceId !== device.deviceId && name !== undefined && other.name?.trim().toLowerCase() === name,
  );
}

export function calledOf({ deviceId, name }: DeviceView): string {
  return name === undefined ? deviceId : `${name} (${deviceId})`;
}

function done(flags: JsonFlags, context: CliContext, answer: unknown, sentence: string): ExitCode {
  return printAnswer(flags, context, answer, `${printable(sentence)}\n`);
}
