import { InvalidArgumentError } from 'commander';
import type { DefineCommand } from '../command.js';
import type { CliContext, JsonFlags } from '../context.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { DeviceView, SaidOne } from '../../http/index.js';
import { adminClient, type AdminClient } from '../server/admin-client.js';
import { findDevice, matchingDevices } from '../server/device-name.js';
import { readAudio, sendSaying, sendToSeveral, type SayRequest } from '../server/saying.js';
import { argumentWords } from '../words/arguments.js';
import { sayWords } from '../words/say.js';
import { allDevices } from './devices.js';

const MAX_SECONDS = 30 * 86_400;

export const define: DefineCommand = (command, { context, withConfig, run }) => {
  const { help } = sayWords[context.language];
  const args = argumentWords[context.language];
  const seconds = (value: string): number => {
    const number = Number(value);
    if (!/^\d{1,7}$/.test(value) || number < 1 || number > MAX_SECONDS) throw new InvalidArgumentError(help.notSeconds);
    return number;
  };
  withConfig(command)
    .argument('<device>', args.devices)
    .argument('[text]', help.text)
    .option('--audio <file>', help.audio)
    .option('--now', args.now)
    .option('--expires <seconds>', help.expires, seconds)
    .option('--json', context.words.help.json)
    .action(run(say));
};

interface SayFlags extends JsonFlags {
  readonly audio?: string;
  readonly now?: boolean;
  readonly expires?: number;
}

/** Devices per request. With a recording, the devices are named in the URL, where fewer fit. */
const AT_ONCE = { text: 500, audio: 200 };

interface SayAnswer {
  readonly id: string;
  readonly awake: boolean;
}

/** A name with `*` means all devices that match. */
async function say(name: string, text: string | undefined, flags: SayFlags, context: CliContext): Promise<ExitCode> {
  if (text === undefined && flags.audio === undefined) {
    context.err(`${sayWords[context.language].nothing}\n`);
    return EXIT.usage;
  }
  const audio = await readAudio(flags.audio, context);
  const api = await adminClient(flags, context);
  const all = await allDevices(api);
  const request: SayRequest = {
    audio,
    fields: {
      ...(text !== undefined && { text }),
      ...(flags.now && { priority: 'high' }),
      ...(flags.expires !== undefined && { expiresInS: flags.expires }),
    },
  };
  if (name.includes('*')) return saySeveral(matchingDevices(all, name), request, flags, { api, context });
  const device = findDevice(all, name);
  const path = `/devices/${encodeURIComponent(device.deviceId)}/say`;
  const answer = (await sendSaying(api, path, request)) as SayAnswer;
  const words = sayWords[context.language];
  const called = device.name ?? device.deviceId;
  if (flags.json) context.out(`${JSON.stringify(answer)}\n`);
  else context.out(`${answer.awake ? words.said(called) : words.kept(called)}\n`);
  return EXIT.ok;
}

/** Returns `EXIT.failed` if any device did not accept the text. */
async function saySeveral(
  devices: readonly DeviceView[],
  request: SayRequest,
  flags: SayFlags,
  { api, context }: { readonly api: AdminClient; readonly context: CliContext },
): Promise<ExitCode> {
  const words = sayWords[context.language];
  const sentences: Readonly<Record<SaidOne['outcome'], (device: string) => string>> = {
    speaking: words.said,
    queued: words.kept,
    no_channel: words.asleep,
    full: words.full,
    unknown: words.gone,
  };
  const names = new Map(devices.map(({ deviceId, name }) => [deviceId, name]));
  const atOnce = request.audio ? AT_ONCE.audio : AT_ONCE.text;
  const answers = (await sendToSeveral(api, '/say', devices, request, atOnce)) as readonly SaidOne[];
  if (flags.json) context.out(`${JSON.stringify(answers)}\n`);
  else
    for (const { deviceId, outcome } of answers)
      context.out(`${sentences[outcome](names.get(deviceId) ?? deviceId)}\n`);
  return answers.every(({ outcome }) => outcome === 'speaking' || outcome === 'queued') ? EXIT.ok : EXIT.failed;
}
