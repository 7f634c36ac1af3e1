import { InvalidArgumentError, Option } from 'commander';
import { collect, type DefineCommand } from '../command.js';
import { spawn } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ChorusError, isLoopback, translatedError } from '../../core/index.js';
import {
  encodeClip,
  firmwareWithQueue,
  fleetIdentity,
  isAnswered,
  SimulatedDevice,
  UPLINK_RATE_HZ,
  type Clip,
  type DeviceMode,
  type SimulatedDeviceOptions,
  type DeviceTurn,
} from '../../measure/fleet/index.js';
import { isFraming } from '../../device/protocol/index.js';
import { readLocalToken } from '../../http/index.js';
import { makeTemporaryFolder } from '../../platform/machine/index.js';
import { concatInt16, parseWav, resampleInt16, writeWav, type WavSound } from '../../audio/index.js';
import { dataFlag, type CliContext } from '../context.js';
import { talkLive } from './device-live.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { localServer } from '../server/local-server.js';
import { findFilePlayer } from '../terminal/audio-programs.js';
import { showTurn } from '../views/turn.js';
import { deviceWords } from '../words/device.js';
import { asJson } from '../terminal/json.js';

type WrittenFlags = Omit<DeviceFlags, 'queue' | 'framing'> & { readonly queue: string; readonly framing: string };

export const define: DefineCommand = (command, { context, webAddress, dataOption, run }) => {
  const { help } = deviceWords[context.language];
  command
    .option('--say <file.wav>', help.say, collect, [])
    .addOption(new Option('--mode <mode>', help.mode).choices(['auto', 'manual', 'realtime']).default('auto'))
    .option('--url <ota-url>', help.url, webAddress)
    .option('--save <file.wav>', help.save)
    .option('--play', help.play)
    .addOption(new Option('--queue <packets>', help.queue).choices(['5', '20', '40']).default('40'))
    .addOption(new Option('--framing <version>', help.framing).choices(['1', '2', '3']).default('1'))
    .option('--language <tag>', help.language)
    .option('--wake <word>', help.wake)
    .option('--device-id <mac>', help.deviceId)
    .option('--by-code', help.byCode)
    .option('--timeout <seconds>', help.timeout, wholeNumber, 30)
    .addOption(dataOption())
    .option('--json', context.words.help.json)
    .addHelpText('after', help.after)
    .action(
      run(({ queue, framing, timeout, ...flags }: WrittenFlags, of: CliContext) =>
        runDevice({ ...flags, queue: Number(queue), framing: Number(framing), timeout: timeout * 1000 }, of),
      ),
    );
};

function wholeNumber(value: string): number {
  if (!/^\d+$/.test(value)) throw new InvalidArgumentError('');
  return Number(value);
}

export interface DeviceFlags {
  readonly data: string;
  readonly say: readonly string[];
  readonly mode: DeviceMode;
  /** Undefined means the server that uses the data folder. */
  readonly url?: string;
  readonly save?: string;
  readonly play?: boolean;
  readonly queue: number;
  readonly framing: number;
  readonly language?: string;
  readonly wake?: string;
  readonly deviceId?: string;
  readonly byCode?: boolean;
  /** Milliseconds. */
  readonly timeout: number;
  readonly json?: boolean;
}

async function runDevice(flags: DeviceFlags, context: CliContext): Promise<ExitCode> {
  const options = await deviceOptions(flags, context);
  const url = options.otaUrl;
  if (flags.say.length === 0) return talkLive(options, context);
  const clips = await Promise.all(flags.say.map(async (file) => ({ file, clip: await readClip(file, context) })));
  const device = new SimulatedDevice({ ...options, keepAudio: flags.save !== undefined || flags.play === true });
  const turns: { readonly file: string; readonly turn: DeviceTurn }[] = [];
  try {
    if (!flags.json) context.err(context.colours.dim(`${deviceWords[context.language].connecting(url)}\n`));
    await device.boot(context.interrupted);
    context.interrupted.addEventListener('abort', () => device.close(), { once: true });
    for (const { file, clip } of clips) {
      if (!flags.json)
        context.err(
          context.colours.dim(`${deviceWords[context.language].says(file, (clip.durationMs / 1000).toFixed(1))}\n`),
        );
      const turn = await device.say(clip, {
        begin: flags.mode === 'manual' ? 'press' : flags.wake === undefined ? 'click' : 'wake',
        ...(flags.wake !== undefined && { wakeWord: flags.wake }),
        answerTimeoutMs: flags.timeout,
      });
      if (context.interrupted.aborted) break;
      turns.push({ file, turn });
      if (!flags.json) context.out(showTurn(turn, flags.timeout, context));
      if (turn.outcome === 'closed') break;
    }
  } finally {
    device.close();
  }
  if (flags.json)
    context.out(
      asJson({
        url,
        deviceId: options.identity.deviceId,
        otaViolations: otaViolations(device),
        turns: turns.map(({ file, turn }) => ({ file, ...turn })),
      }),
    );
  await keep(device.takeAudio(), flags, context);
  if (context.interrupted.aborted) return EXIT.interrupted;
  const well =
    turns.length === clips.length &&
    otaViolations(device).length === 0 &&
    turns.every(({ turn }) => isAnswered(turn) && turn.violations.length === 0);
  return well ? EXIT.ok : EXIT.noAnswer;
}

export async function deviceOptions(flags: DeviceFlags, context: CliContext): Promise<SimulatedDeviceOptions> {
  const claim = fleetIdentity(
    0,
    flags.language ?? (context.language === 'zh' ? 'zh-CN' : 'en-US'),
    firmwareWithQueue(flags.queue),
  );
  const server = flags.url === undefined ? await localServer(flags.data) : undefined;
  const otaUrl = flags.url ?? server?.otaUrl ?? '';
  // The data folder's secret is sent only to servers on this machine.
  const trusted = flags.byCode !== true && (server?.found === true || isLoopback(otaUrl));
  const token = trusted ? await readLocalToken(flags.data) : undefined;
  return {
    otaUrl,
    identity: { ...claim, ...(flags.deviceId !== undefined && { deviceId: flags.deviceId }) },
    clock: context.clock,
    framing: isFraming(flags.framing) ? flags.framing : 1,
    queuePackets: flags.queue,
    aec: flags.mode === 'realtime',
    ...(token !== undefined && { localToken: token }),
    onPairingCode: (code) => {
      const data = flags.url === undefined ? dataFlag(flags.data) : '';
      context.err(`${context.colours.yellow(deviceWords[context.language].code(code, data))}\n`);
    },
  };
}

/** Errors: `audio.undecodable`. */
async function readClip(file: string, context: CliContext): Promise<Clip> {
  const { badWav, empty, notPlainWav } = deviceWords[context.language];
  let sound: WavSound;
  try {
    sound = parseWav(await readFile(file));
  } catch (error) {
    const detail =
      error instanceof ChorusError
        ? notPlainWav(error.message)
        : ((error as NodeJS.ErrnoException).code ?? String(error));
    throw translatedError('audio.undecodable', badWav(file, detail), error);
  }
  if (sound.pcm.length === 0) throw translatedError('audio.undecodable', badWav(file, empty(file)));
  return encodeClip(await resampleInt16(sound.pcm, sound.rateHz, UPLINK_RATE_HZ));
}

const otaViolations = (device: SimulatedDevice): SimulatedDevice['violations'] =>
  device.violations.filter((violation) => violation.kind === 'bad_ota');

async function keep(sound: WavSound | undefined, flags: DeviceFlags, context: CliContext): Promise<void> {
  const { language, err } = context;
  if (!sound) return;
  if (sound.pcm.length === 0) {
    err(`${deviceWords[language].nothingToSave}\n`);
    return;
  }
  if (flags.save !== undefined) {
    try {
      await writeFile(flags.save, writeWav(sound));
    } catch (error) {
      const system = (error as NodeJS.ErrnoException).code ?? String(error);
      throw new ChorusError('data.not_writable', `${flags.save} cannot be written (${system})`, {
        cause: error,
        details: { file: flags.save, system },
      });
    }
    err(`${deviceWords[language].saved(flags.save)}\n`);
  }
  if (flags.play) await play(sound, context);
}

async function play(sound: WavSound, context: CliContext): Promise<void> {
  const player = findFilePlayer(context.env);
  if (!player) {
    context.err(`${deviceWords[context.language].noPlayer}\n`);
    return;
  }
  const folder = await makeTemporaryFolder('sound');
  try {
    const file = join(folder, 'reply.wav');
    // Some players cut off the end, so half a second of silence is appended.
    await writeFile(file, writeWav({ ...sound, pcm: concatInt16([sound.pcm, new Int16Array(sound.rateHz / 2)]) }));
    await new Promise<void>((resolve) => {
      const child = spawn(player.path, [...player.args, file], { stdio: 'ignore' });
      child.once('error', () => resolve());
      child.once('exit', () => resolve());
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
