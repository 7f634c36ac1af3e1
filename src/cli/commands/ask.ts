import { InvalidArgumentError } from 'commander';
import { printable } from '../../core/index.js';
import type { DeviceView } from '../../http/index.js';
import type { DefineCommand } from '../command.js';
import type { CliContext, JsonFlags } from '../context.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { adminClient } from '../server/admin-client.js';
import { findDevice } from '../server/device-name.js';
import { readAudio, sendSaying } from '../server/saying.js';
import { askWords } from '../words/ask.js';
import { sayWords } from '../words/say.js';

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
    .argument('[text]', help.text)
    .option('--audio <file>', help.audio)
    .option('--now', help.now)
    .option('--wait <seconds>', help.wait, seconds)
    .option('--json', context.words.help.json)
    .action(run(ask));
};

interface AskFlags extends JsonFlags {
  readonly audio?: string;
  readonly now?: boolean;
  readonly wait?: number;
}

/**
 * `chorus ask DEVICE TEXT`, `chorus ask DEVICE --audio FILE`. Prints the person's words on stdout. If there are none,
 * prints the reason.
 */
async function ask(name: string, text: string | undefined, flags: AskFlags, context: CliContext): Promise<ExitCode> {
  if (text === undefined && flags.audio === undefined) {
    context.err(`${sayWords[context.language].nothing}\n`);
    return EXIT.usage;
  }
  const audio = await readAudio(flags.audio, context);
  const api = await adminClient(flags, context);
  const { devices } = (await api.call('GET', '/devices')) as { readonly devices: readonly DeviceView[] };
  const device = findDevice(devices, name);
  const fields = {
    ...(text !== undefined && { text }),
    ...(flags.now && { priority: 'high' }),
    ...(flags.wait !== undefined && { waitS: flags.wait }),
  };
  const path = `/devices/${encodeURIComponent(device.deviceId)}/ask`;
  const answer = (await sendSaying(api, path, { audio, fields })) as {
    readonly asked: boolean;
    readonly heard?: string;
  };
  const words = askWords[context.language];
  const called = device.name ?? device.deviceId;
  if (flags.json) context.out(`${JSON.stringify(answer)}\n`);
  else if (answer.heard !== undefined) context.out(`${printable(answer.heard)}\n`);
  else context.err(`${answer.asked ? words.silent(called) : words.notAsked(called)}\n`);
  return answer.heard === undefined ? EXIT.noAnswer : EXIT.ok;
}
