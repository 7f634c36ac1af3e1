import { InvalidArgumentError } from 'commander';
import { printable } from '../../core/index.js';
import type { AskedOne, DeviceView } from '../../http/index.js';
import type { DefineCommand } from '../command.js';
import type { CliContext, JsonFlags } from '../context.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { adminClient, type AdminClient } from '../server/admin-client.js';
import { findDevice, matchingDevices } from '../server/device-name.js';
import { readAudio, sendSaying, sendToSeveral, type SayRequest } from '../server/saying.js';
import { argumentWords } from '../words/arguments.js';
import { askWords } from '../words/ask.js';
import { sayWords } from '../words/say.js';

const MAX_SECONDS = 120;
/** Maximum number of devices in one request to the server. */
const AT_ONCE = 100;

export const define: DefineCommand = (command, { context, withConfig, run }) => {
  const { help } = askWords[context.language];
  const args = argumentWords[context.language];
  const seconds = (value: string): number => {
    const number = Number(value);
    if (!/^\d{1,3}$/.test(value) || number < 1 || number > MAX_SECONDS) throw new InvalidArgumentError(help.notSeconds);
    return number;
  };
  withConfig(command)
    .argument('<device>', args.devices)
    .argument('[text]', help.text)
    .option('--audio <file>', help.audio)
    .option('--now', args.now)
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
 * A name with `*` means all devices that match. The person's answer goes to stdout, the reason for no answer to stderr.
 */
async function ask(name: string, text: string | undefined, flags: AskFlags, context: CliContext): Promise<ExitCode> {
  if (text === undefined && flags.audio === undefined) {
    context.err(`${sayWords[context.language].nothing}\n`);
    return EXIT.usage;
  }
  const audio = await readAudio(flags.audio, context);
  const api = await adminClient(flags, context);
  const { devices } = (await api.call('GET', '/devices')) as { readonly devices: readonly DeviceView[] };
  const fields = {
    ...(text !== undefined && { text }),
    ...(flags.now && { priority: 'high' }),
    ...(flags.wait !== undefined && { waitS: flags.wait }),
  };
  if (name.includes('*')) return askSeveral(matchingDevices(devices, name), { audio, fields }, flags, { api, context });
  const device = findDevice(devices, name);
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

/** Asks up to {@link AT_ONCE} devices at the same time. Returns `EXIT.noAnswer` if nobody answered. */
async function askSeveral(
  devices: readonly DeviceView[],
  request: SayRequest,
  flags: AskFlags,
  { api, context }: { readonly api: AdminClient; readonly context: CliContext },
): Promise<ExitCode> {
  const words = askWords[context.language];
  const names = new Map(devices.map(({ deviceId, name }) => [deviceId, name]));
  const answers = (await sendToSeveral(api, '/ask', devices, request, AT_ONCE)) as readonly AskedOne[];
  if (flags.json) context.out(`${JSON.stringify(answers)}\n`);
  else
    for (const { deviceId, heard, outcome } of answers) {
      const called = names.get(deviceId) ?? deviceId;
      if (heard !== undefined) context.out(`${called}: ${printable(heard)}\n`);
      else if (outcome === 'silent') context.err(`${words.silent(called)}\n`);
      else context.err(`${outcome === 'asks_already' ? words.asksAlready(called) : words.notAsked(called)}\n`);
    }
  return answers.some(({ heard }) => heard !== undefined) ? EXIT.ok : EXIT.noAnswer;
}
