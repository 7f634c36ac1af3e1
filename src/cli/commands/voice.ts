import { spawn } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { floatToInt16, isWav, Mp3Decoder, writeWav } from '../../audio/index.js';
import { bilingualWords, ChorusError } from '../../core/index.js';
import { makeTemporaryFolder } from '../../platform/machine/index.js';
import type { CliContext, ConfigFlags } from '../context.js';
import type { DefineCommand } from '../command.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { adminClient } from '../server/admin-client.js';
import { voiceWords } from '../words/voice.js';

export const define: DefineCommand = (group, { context, configured, run }) => {
  const { help } = voiceWords[context.language];
  group.addHelpText('after', help.after);
  configured(group, 'preview', help.preview)
    .argument('<id>', help.id)
    .argument('[text]', help.text)
    .option('--voice <name>', help.voice)
    .option('--language <tag>', help.language)
    .option('--out <file>', help.out)
    .action(run(previewVoice));
};

interface PreviewFlags extends ConfigFlags {
  readonly voice?: string;
  readonly language?: string;
  readonly out?: string;
}

/** Plays the voice. Writes a WAV file instead with `--out`, or if no player works. */
export async function previewVoice(
  id: string,
  text: string | undefined,
  flags: PreviewFlags,
  context: CliContext,
): Promise<ExitCode> {
  const words = voiceWords[context.language];
  const api = await adminClient(flags, context);
  const sound = await api.call('POST', '/voices/listen', {
    provider: id,
    ...(text !== undefined && { text }),
    ...(flags.voice !== undefined && { voice: flags.voice }),
    ...(flags.language !== undefined && { language: flags.language }),
  });
  if (!(sound instanceof Uint8Array)) throw new ChorusError('tts.failed', bilingualWords(voiceWords).noSound);
  const wav = await asWav(sound);
  if (flags.out === undefined && (await play(wav, context.interrupted))) return EXIT.ok;
  const file = flags.out ?? `${id}.wav`;
  await writeFile(file, wav);
  context.out(`${words.written(file)}\n`);
  return EXIT.ok;
}

/** Converts MP3, because some players play only WAV. */
async function asWav(sound: Uint8Array): Promise<Uint8Array> {
  if (isWav(sound)) return sound;
  const decoder = await Mp3Decoder.create();
  try {
    const pcm = floatToInt16(decoder.push(sound));
    decoder.end();
    return writeWav({ rateHz: decoder.rateHz ?? 0, pcm });
  } finally {
    decoder.close();
  }
}

/** The first program that works plays the file. */
const PLAYERS: readonly (readonly [string, ...string[]])[] = [
  ['afplay'],
  ['paplay'],
  ['aplay', '-q'],
  ['ffplay', '-nodisp', '-autoexit', '-loglevel', 'quiet'],
];

async function play(wav: Uint8Array, signal: AbortSignal): Promise<boolean> {
  const folder = await makeTemporaryFolder('sound');
  try {
    const file = join(folder, 'voice.wav');
    await writeFile(file, wav);
    for (const [player, ...options] of PLAYERS) if (await succeeds(player, [...options, file], signal)) return true;
    return false;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function succeeds(command: string, args: readonly string[], signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'ignore', signal });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}
