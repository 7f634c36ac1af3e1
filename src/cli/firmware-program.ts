import { InvalidArgumentError, type Command } from 'commander';
import type { CliContext } from './context.js';
import type { DevicesParts } from './devices-program.js';
import type { AddFlags, FirmwareFlags, RollOutFlags } from './firmware-command.js';
import { firmwareWords } from './messages/firmware.js';

/** `chorus firmware` and what stands below it. */
export function addFirmware(
  program: Command,
  context: CliContext,
  { command, withConfig, finish }: DevicesParts,
): void {
  const { help } = firmwareWords[context.language];
  const group = command(program, 'firmware', help.group).addHelpText('after', help.after);
  const add = (name: string, about: string): Command =>
    withConfig(command(group, name, about).option('--json', context.words.help.json));
  const share = (value: string): number => parsedShare(value, help.notShare);
  add('add', help.add)
    .argument('<file>', help.file)
    .requiredOption('--board <name>', help.board)
    .option('--version <version>', help.version)
    .option('--share <share>', help.share, share)
    .option('--devices <devices>', help.devices)
    .option('--force', help.force)
    .action(async (file: string, flags: AddFlags) =>
      finish(await (await import('./firmware-command.js')).addFirmware(file, flags, context)),
    );
  add('list', help.list).action(async (flags: FirmwareFlags) =>
    finish(await (await import('./firmware-command.js')).listFirmware(flags, context)),
  );
  add('rollout', help.rollout)
    .argument('<id>', help.id)
    .option('--share <share>', help.share, share)
    .option('--devices <devices>', help.devices)
    .option('--force', help.force)
    .action(async (id: string, flags: RollOutFlags) =>
      finish(await (await import('./firmware-command.js')).rollOutFirmware(id, flags, context)),
    );
  add('pause', help.pause)
    .argument('<id>', help.id)
    .action(async (id: string, flags: FirmwareFlags) =>
      finish(await (await import('./firmware-command.js')).pauseFirmware(id, flags, context)),
    );
  add('rm', help.rm)
    .argument('<id>', help.id)
    .action(async (id: string, flags: FirmwareFlags) =>
      finish(await (await import('./firmware-command.js')).removeFirmware(id, flags, context)),
    );
}

function parsedShare(value: string, wrong: string): number {
  const [, digits, percent] = /^(\d{1,3}(?:\.\d{1,6})?)(%?)$/.exec(value.trim()) ?? [];
  const share = Number(digits) / (percent === '%' ? 100 : 1);
  if (!(share >= 0 && share <= 1)) throw new InvalidArgumentError(wrong);
  return share;
}
