import { readFileSync } from 'node:fs';
import { parseWav, resampleInt16 } from '../../src/audio/index.js';
import { seededRandom, type Random } from '../../src/core/index.js';
import { espeakSynthesize } from '../../src/providers/tts/espeak/synthesize.js';
import { fliteSynthesize } from '../../src/providers/tts/flite/synthesize.js';
import { cough, hum, loud, music, slam, type Sound } from './sounds.js';

export interface OverReply {
  readonly name: string;
  readonly kind: 'cough' | 'hum' | 'slam' | 'music' | 'listening' | 'more' | 'echo' | 'words' | 'command';
  /** Time from the start of the reply. */
  readonly atMs: number;
  readonly pcm: Int16Array;
  /**
   * Level of the reply's echo in the microphone, relative to the played sound. Undefined if the device cancels the
   * echo.
   */
  readonly echoDb: number | undefined;
  /** End of the first word, as a time in `pcm`. For synthesised and generated sounds, the end of the sound. */
  readonly firstWordMs: number;
  /** End of the sound, as a time in `pcm`. */
  readonly endMs: number;
}

type Words = readonly (readonly [string, number, number])[];

/** Rules are chosen by the set `chosen`. `kept_back` shows whether they also work with other sounds. */
export type OverReplySet = 'chosen' | 'kept_back';

/** The lists do not contain "hmm" and "mm-hmm", because flite spells them out. The generated hums replace them. */
const LISTENING: Readonly<Record<OverReplySet, readonly string[]>> = {
  chosen: ['uh-huh', 'yes', 'yeah', 'okay', 'right', 'oh', 'I see', 'yep', 'sure', 'really'],
  kept_back: ['aha', 'yeah yeah', 'oh okay', 'all right', 'wow', 'got it', 'uh', 'of course', 'cool', 'huh'],
};
/** Further signs of listening. Rules are chosen with them too, so they have the voices of the set `chosen`. */
const MORE_LISTENING = (
  'oh yes,oh right,oh I see,yes yes,okay okay,right right,yes okay,okay sure,ah,oh really,exactly,interesting,great,' +
  'nice,fine,good,true,I know,oh my,oh wow,ah okay,ah yes,yep yep,sure sure,oh good,oh nice,alright then,ha'
).split(',');
const VOICES: Readonly<Record<OverReplySet, readonly [string, string]>> = {
  chosen: ['slt', 'rms'],
  kept_back: ['awb', 'kal16'],
};
/** For each set, the seed of its sounds and the seed of its words. */
const SEEDS: Readonly<Record<OverReplySet, readonly [number, number]>> = { chosen: [40, 41], kept_back: [1040, 1041] };
/** Short commands that must stop a reply, as longer speech does. */
const COMMANDS = ['stop', 'wait', 'no', 'next', 'louder', 'hold on', 'be quiet', 'never mind', 'what', 'go back'];
const GENERATED: readonly (readonly [OverReply['kind'], Sound, number])[] = [
  ['cough', cough, 22],
  ['hum', hum, 16],
  ['slam', slam, 14],
  ['music', music, 12],
];
const ECHOES = 16;
const WORDS = 100;

/** A hundred sounds that must not stop a reply. With `each`, only every `each`th of them. */
export async function noises(each = 1, set: OverReplySet = 'chosen'): Promise<readonly OverReply[]> {
  const random = seededRandom(SEEDS[set][0]);
  const listening = LISTENING[set];
  const list: OverReply[] = GENERATED.flatMap(([kind, sound, count]) =>
    Array.from({ length: count }, (_, i) => one(`${kind} ${i}`, kind, sound(random), random)),
  );
  for (const voice of VOICES[set])
    for (const text of listening) list.push(await synthesised(text, voice, 'listening', random));
  const zh = await espeakSynthesize({ text: '嗯', language: 'zh-CN' });
  list[list.length - 1] = one(
    '"嗯", synthesised',
    'listening',
    loud(await resampleInt16(zh.pcm, zh.rateHz, 16_000), -22),
    random,
  );
  for (let i = 0; i < ECHOES; i++) list.push({ ...one(`echo ${i}`, 'echo', new Int16Array(0), random), echoDb: -15 });
  return list.filter((_, i) => i % each === 0);
}

/** The further signs of listening, in the voices of the set `chosen`. */
export async function moreListening(each = 1): Promise<readonly OverReply[]> {
  const random = seededRandom(42);
  const list: OverReply[] = [];
  for (const voice of VOICES.chosen)
    for (const text of MORE_LISTENING) list.push(await synthesised(text, voice, 'more', random));
  return list.filter((_, i) => i % each === 0);
}

/** A hundred interruptions: recorded words, each starting at a word boundary. */
export function interruptions(each = 1, set: OverReplySet = 'chosen'): readonly OverReply[] {
  const clips = JSON.parse(readFileSync(new URL('clips.json', import.meta.url), 'utf8')) as Record<
    string,
    { words: Words }
  >;
  const random = seededRandom(SEEDS[set][1]);
  const names = Object.keys(clips).filter((name) => !REPLY.includes(name));
  const list: OverReply[] = [];
  for (let i = 0; list.length < WORDS; i++) {
    const name = names[i % names.length] ?? '';
    const words = clips[name]?.words ?? [];
    const first = Math.floor(random() * Math.max(1, words.length - 2));
    const last = Math.min(words.length - 1, first + 1 + Math.floor(random() * 6));
    const [fromMs, toMs] = [words[first]?.[1] ?? 0, words[last]?.[2] ?? 0];
    // A sound below 500 ms is skipped, because it is a single syllable and no sentence.
    if (toMs - fromMs < 500) continue;
    const pcm = loud(clipOf(name).slice(fromMs * 16, toMs * 16), -24 + random() * 8);
    list.push({
      ...one(
        `${name}: ${words
          .slice(first, last + 1)
          .map(([word]) => word)
          .join(' ')}`,
        'words',
        pcm,
        random,
      ),
      firstWordMs: (words[first]?.[2] ?? 0) - fromMs,
      echoDb: i % 4 === 3 ? -25 : undefined,
    });
  }
  return list.filter((_, i) => i % each === 0);
}

/** Commands of one or two words, synthesised by two voices. */
export async function commands(each = 1, set: OverReplySet = 'chosen'): Promise<readonly OverReply[]> {
  const random = seededRandom(SEEDS[set][1]);
  const list: OverReply[] = [];
  for (const voice of VOICES[set])
    for (const text of COMMANDS) list.push(await synthesised(text, voice, 'command', random));
  return list.filter((_, i) => i % each === 0);
}

async function synthesised(text: string, voice: string, kind: OverReply['kind'], random: Random): Promise<OverReply> {
  const { pcm } = await fliteSynthesize({ text, language: 'en-US', voice });
  return one(`"${text}", synthesised (${voice})`, kind, loud(pcm, -22), random);
}

const REPLY = ['austen-0870', 'austen-0890'];

/** The sound of every reply: recorded speech. */
export function replySound(): Int16Array {
  const parts = REPLY.map(clipOf);
  const pcm = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    pcm.set(part, at);
    at += part.length;
  }
  return pcm;
}

function clipOf(name: string): Int16Array {
  const file = name.startsWith('austen') ? `../../assets/speech/${name}.wav` : `audio/${name}.wav`;
  return parseWav(readFileSync(new URL(file, import.meta.url))).pcm;
}

function one(name: string, kind: OverReply['kind'], pcm: Int16Array, random: Random): OverReply {
  const endMs = pcm.length / 16;
  return { name, kind, atMs: 1500 + Math.round(random() * 2000), pcm, echoDb: undefined, firstWordMs: endMs, endMs };
}
