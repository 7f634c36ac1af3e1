import { InvalidArgumentError, type Command } from 'commander';
import type { DefineCommand } from '../command.js';
import { open, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { ChorusError } from '../../core/index.js';
import { readImage, type ImageSource } from '../../device/firmware/index.js';
import type { FirmwareView } from '../../http/index.js';
import { adminClient, type AdminClient } from '../server/admin-client.js';
import type { CliContext, JsonFlags } from '../context.js';
import { findDevice } from '../server/device-name.js';
import { allDevices } from './devices.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { firmwareTable, noteLine, whomLine } from '../views/firmware.js';
import { unreadableFile } from '../unreadable-file.js';
import { firmwareWords } from '../words/firmware.js';
import { asJson, printAnswer } from '../terminal/json.js';

export const define: DefineCommand = (group, { context, configured, run }) => {
  const { help } = firmwareWords[context.language];
  group.addHelpText('after', help.after);
  const add = (name: string, about: string): Command => configured(group, name, about);
  const share = (value: string): number => parsedShare(value, help.notShare);
  add('add', help.add)
    .argument('<file>', help.file)
    .requiredOption('--board <name>', help.board)
    .option('--version <version>', help.version)
    .option('--share <share>', help.share, share)
    .option('--devices <devices>', help.devices)
    .option('--force', help.force)
    .action(run(addFirmware));
  add('list', help.list).action(run(listFirmware));
  add('rollout', help.rollout)
    .argument('<id>', help.id)
    .option('--share <share>', help.share, share)
    .option('--devices <devices>', help.devices)
    .option('--force', help.force)
    .action(run(rollOutFirmware));
  add('pause', help.pause).argument('<id>', help.id).action(run(pauseFirmware));
  add('rm', help.rm).argument('<id>', help.id).action(run(removeFirmware));
};

function parsedShare(value: string, wrong: string): number {
  const [, digits, percent] = /^(\d{1,3}(?:\.\d{1,6})?)(%?)$/.exec(value.trim()) ?? [];
  const share = Number(digits) / (percent === '%' ? 100 : 1);
  if (!(share >= 0 && share <= 1)) throw new InvalidArgumentError(wrong);
  return share;
}

interface RollOutFlags extends JsonFlags {
  /** Share of the devices, from 0 to 1. */
  readonly share?: number;
  /** Names of devices, separated by commas. */
  readonly devices?: string;
  readonly force?: boolean;
}

interface AddFlags extends RollOutFlags {
  readonly board: string;
  readonly version?: string;
}

export async function addFirmware(file: string, flags: AddFlags, context: CliContext): Promise<ExitCode> {
  const words = firmwareWords[context.language];
  const bytes = await checkedImage(file, context);
  const api = await adminClient(flags, context);
  const query = new URLSearchParams({
    board: flags.board,
    file: basename(file),
    share: String(flags.share ?? 0),
    devices: (await deviceIds(flags.devices, api)).join(','),
    force: String(flags.force === true),
    ...(flags.version !== undefined && { version: flags.version }),
  });
  const answer = (await api.call('POST', `/firmware?${query.toString()}`, bytes)) as {
    readonly firmware: FirmwareView;
    readonly notes: readonly { readonly kind: string; readonly slotMb?: number }[];
  };
  if (flags.json) {
    context.out(asJson(answer));
    return EXIT.ok;
  }
  const { firmware, notes } = answer;
  context.out(`${words.added(firmware.version, firmware.board, firmware.id)}\n`);
  for (const note of notes) context.err(`${context.colours.yellow(noteLine(note, context))}\n`);
  tellWhom(firmware, context);
  return EXIT.ok;
}

export async function listFirmware(flags: JsonFlags, context: CliContext): Promise<ExitCode> {
  const all = await allFirmware(await adminClient(flags, context));
  const text = all.length === 0 ? `${firmwareWords[context.language].none}\n` : firmwareTable(all, context);
  return printAnswer(flags, context, all, text);
}

export async function rollOutFirmware(id: string, flags: RollOutFlags, context: CliContext): Promise<ExitCode> {
  const api = await adminClient(flags, context);
  const body = {
    ...(flags.share !== undefined && { share: flags.share }),
    ...(flags.devices !== undefined && { devices: await deviceIds(flags.devices, api) }),
    ...(flags.force !== undefined && { force: flags.force }),
  };
  const firmware = await changed(id, body, api);
  if (flags.json) context.out(asJson(firmware));
  else tellWhom(firmware, context);
  return EXIT.ok;
}

async function pauseFirmware(id: string, flags: JsonFlags, context: CliContext): Promise<ExitCode> {
  const firmware = await changed(id, { state: 'paused' }, await adminClient(flags, context));
  return printAnswer(flags, context, firmware, `${firmwareWords[context.language].paused(firmware.id)}\n`);
}

export async function removeFirmware(id: string, flags: JsonFlags, context: CliContext): Promise<ExitCode> {
  const api = await adminClient(flags, context);
  const { id: whole } = find(await allFirmware(api), id);
  await api.call('DELETE', `/firmware/${whole}`);
  context.out(
    flags.json ? `${JSON.stringify({ removed: whole })}\n` : `${firmwareWords[context.language].removed(whole)}\n`,
  );
  return EXIT.ok;
}

/**
 * Checks the file before it is sent, so that a mistake is reported even if no server runs. Errors:
 * `firmware.invalid`, `file.unreadable`.
 */
async function checkedImage(path: string, context: CliContext): Promise<Uint8Array> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    const { size } = await file.stat();
    const read: ImageSource['read'] = async (offset, length) =>
      (await file?.read(Buffer.alloc(length), 0, length, offset))?.buffer ?? Buffer.alloc(0);
    await readImage({ sizeBytes: size, read });
    return await file.readFile();
  } catch (error) {
    throw error instanceof ChorusError ? error : unreadableFile(path, context, error);
  } finally {
    await file?.close();
  }
}

async function allFirmware(api: AdminClient): Promise<readonly FirmwareView[]> {
  return ((await api.call('GET', '/firmware')) as { readonly firmware: readonly FirmwareView[] }).firmware;
}

async function changed(id: string, body: unknown, api: AdminClient): Promise<FirmwareView> {
  const { id: whole } = find(await allFirmware(api), id);
  return ((await api.call('POST', `/firmware/${whole}/rollout`, body)) as { readonly firmware: FirmwareView }).firmware;
}

/** Accepts the beginning of an id if only one image has it. Error: `firmware.unknown`. */
function find(all: readonly FirmwareView[], text: string): FirmwareView {
  const found = all.filter(({ id }) => id.startsWith(text.toLowerCase()));
  const [first] = found;
  if (!first || found.length > 1 || text === '')
    throw new ChorusError('firmware.unknown', `there is no firmware ${text}`, { details: { id: text } });
  return first;
}

/** Takes names separated by commas. Errors: `device.unknown`, `device.ambiguous`. */
async function deviceIds(text: string | undefined, api: AdminClient): Promise<readonly string[]> {
  const names = (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length === 0) return [];
  const devices = await allDevices(api);
  return [...new Set(names.map((name) => findDevice(devices, name).deviceId))];
}

function tellWhom(firmware: FirmwareView, context: CliContext): void {
  const words = firmwareWords[context.language];
  const { share, devices } = firmware.rollout;
  const nobody = share === 0 && devices.length === 0;
  context.out(`${nobody ? words.nobody(firmware.id) : words.offeredTo(whomLine(firmware, context))}\n`);
}
