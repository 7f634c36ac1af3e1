import { Argument, type Command } from 'commander';
import type { CliContext } from './context.js';
import type { ExitCode } from './exit-code.js';
import { deviceWords } from './messages/devices.js';

/** What the command line's own file hands over: how commands are made, and where their exit code goes. */
export interface DevicesParts {
  readonly command: (parent: Command, name: string, about: string) => Command;
  readonly withConfig: (child: Command) => Command;
  readonly finish: (code: ExitCode) => void;
}

/** `chorus devices` and what stands below it. */
export function addDevices(program: Command, context: CliContext, { command, withConfig, finish }: DevicesParts): void {
  const { help } = deviceWords[context.language];
  const group = command(program, 'devices', help.group);
  const add = (name: string, about: string): Command =>
    withConfig(command(group, name, about).option('--json', context.words.help.json));
  add('list', help.list).action(async (flags) =>
    finish(await (await import('./devices-command.js')).listDevices(flags, context)),
  );
  add('show', help.show)
    .argument('<device>', help.device)
    .action(async (device: string, flags) =>
      finish(await (await import('./devices-command.js')).showDevice(device, flags, context)),
    );
  add('approve', help.approve)
    .argument('<code>', help.code)
    .action(async (code: string, flags) =>
      finish(await (await import('./devices-command.js')).approveDevice(code, flags, context)),
    );
  add('rename', help.rename)
    .argument('<device>', help.device)
    .addArgument(new Argument('[name]', help.name))
    .action(async (device: string, name: string | undefined, flags) =>
      finish(await (await import('./devices-command.js')).renameDevice(device, name, flags, context)),
    );
  add('revoke', help.revoke)
    .argument('<device>', help.device)
    .action(async (device: string, flags) =>
      finish(await (await import('./devices-command.js')).revokeDevice(device, flags, context)),
    );
  add('rotate', help.rotate)
    .argument('<device>', help.device)
    .action(async (device: string, flags) =>
      finish(await (await import('./devices-command.js')).rotateDevice(device, flags, context)),
    );
  add('forget', help.forget)
    .argument('<device>', help.device)
    .action(async (device: string, flags) =>
      finish(await (await import('./devices-command.js')).forgetDevice(device, flags, context)),
    );
}
