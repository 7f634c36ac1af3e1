import { InvalidArgumentError } from 'commander';
import { printable } from '../../core/index.js';
import type { DeviceView } from '../../http/index.js';
import type { DefineCommand } from '../command.js';
import type { CliContext, JsonFlags } from '../context.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { adminClient } from '../server/admin-client.js';
import { findDevice } from '../server/device-name.js';
import { askWords } from '../words/ask.js';

const MAX_SECONDS = 120;

/** `chorus ask`. */
export const define: DefineCommand = (command, { context, withConfig, run }) => {
  const { help } = askWords[context.language];
  const seconds = (value: string): number => {
    const number = Number(value);
    if (!/^\d{1,3}$/.test(value) || number < 1 || number > MAX_SECONDS) throw new InvalidArgumentError(help.notSeconds);
    return number;
  };
  withConfig(command)
    .argument('<device>', help.device)
    .argument('<text>', help.text)
    .option('--now', help.now)
    .option('--wait <seconds>', help.wait, seconds)
    .option('--json', context.words.help.json)
    .action(run(ask));
};

interface AskFlags extends JsonFlags {
  readonly now?: boolean;
  readonly wait?: number;
}

/** `chorus ask DEVICE TEXT`: prints the person's words on stdout, or else the reason why there are none. */
async function ask(name: string, text: string, flags: AskFlags, context: CliContext): Promise<ExitCode> {
  const api = await adminClient(flags, context);
  const { devices } = (await api.call('GET', '/devices')) as { readonly devices: readonly DeviceView[] };
  const device = findDevice(devices, name);
  const answer = (await api.call('POST', `/devices/${encodeURIComponent(device.deviceId)}/ask`, {
    text,
    ...(flags.now && { priority: 'high' }),
    ...(flags.wait !== undefined && { waitS: flags.wait }),
  })) as { readonly asked: boolean; readonly heard?: string };
  const words = askWords[context.language];
  const called = device.name ?? device.deviceId;
  if (flags.json) context.out(`${JSON.stringify(answer)}\n`);
  else if (answer.heard !== undefined) context.out(`${printable(answer.heard)}\n`);
  else context.err(`${answer.asked ? words.silent(called) : words.notAsked(called)}\n`);
  return answer.heard === undefined ? EXIT.noAnswer : EXIT.ok;
}
