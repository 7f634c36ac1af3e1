import { InvalidArgumentError } from 'commander';
import type { DefineCommand } from '../command.js';
import type { CliContext, JsonFlags } from '../context.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { adminClient } from '../server/admin-client.js';
import { findDevice, matchingDevices } from '../server/device-name.js';
import { sayWords } from '../words/say.js';
import { allDevices } from './devices.js';

const MAX_SECONDS = 30 * 86_400;

/** `chorus say`. */
export const define: DefineCommand = (command, { context, withConfig, run }) => {
  const { help } = sayWords[context.language];
  const seconds = (value: string): number => {
    const number = Number(value);
    if (!/^\d{1,7}$/.test(value) || number < 1 || number > MAX_SECONDS) throw new InvalidArgumentError(help.notSeconds);
    return number;
  };
  withConfig(command)
    .argument('<device>', help.device)
    .argument('<text>', help.text)
    .option('--now', help.now)
    .option('--expires <seconds>', help.expires, seconds)
    .option('--json', context.words.help.json)
    .action(run(say));
};

interface SayFlags extends JsonFlags {
  readonly now?: boolean;
  readonly expires?: number;
}

interface SayAnswer {
  readonly id: string;
  readonly awake: boolean;
}

/** `chorus say DEVICE TEXT`; a name with `*` means all devices that it fits. */
async function say(name: string, text: string, flags: SayFlags, context: CliContext): Promise<ExitCode> {
  const api = await adminClient(flags, context);
  const all = await allDevices(api);
  const several = name.includes('*');
  const devices = several ? matchingDevices(all, name) : [findDevice(all, name)];
  const answers: SayAnswer[] = [];
  for (const device of devices) {
    const answer = (await api.call('POST', `/devices/${encodeURIComponent(device.deviceId)}/say`, {
      text,
      ...(flags.now && { priority: 'high' }),
      ...(flags.expires !== undefined && { expiresInS: flags.expires }),
    })) as SayAnswer;
    answers.push(answer);
    const words = sayWords[context.language];
    const called = device.name ?? device.deviceId;
    if (!flags.json) context.out(`${answer.awake ? words.said(called) : words.kept(called)}\n`);
  }
  if (flags.json) context.out(`${JSON.stringify(several ? answers : answers[0])}\n`);
  return EXIT.ok;
}
