import { readFileSync } from 'node:fs';
import { concatFloat, concatInt16, floatToInt16, OggDecoder, parseWav, resampleInt16 } from '../../src/audio/index.js';
import { seededRandom, type Random } from '../../src/core/index.js';
import { loud, loudestDb } from './sounds.js';

/** The sound in the pause of a hesitant utterance. Breaths are generated noise, and an "uh" is synthesised. */
export type Filling = 'silence' | 'breath' | 'uh';

export interface TestUtterance {
  readonly name: string;
  readonly voice: string;
  readonly language: 'en-US' | 'zh-CN';
  /** True if the clip only checks the rules. No number of a rule may be chosen with it. */
  readonly heldBack: boolean;
  readonly words: readonly PlacedWord[];
  readonly filling: Filling;
  /** Pause of a hesitant utterance. Undefined for a plain utterance. */
  readonly pause: { readonly startMs: number; readonly lengthMs: number } | undefined;
  readonly speechEndMs: number;
  /** Sound at 16 kHz, with four seconds of room noise after the speech. */
  readonly pcm: Int16Array;
}

/** A word of an utterance, and the middle of its time. */
export interface PlacedWord {
  readonly text: string;
  readonly atMs: number;
}

interface ClipWords {
  readonly voice: string;
  /** Word, start and end in milliseconds, from forced alignment of the transcript (README.md). */
  readonly words: readonly (readonly [string, number, number])[];
}

interface MoreClip extends ClipWords {
  /** Path relative to this folder: WAV, or Ogg with Opus. */
  readonly file: string;
  readonly language: TestUtterance['language'];
  readonly heldBack?: boolean;
}

/** A synthesised hesitation sound from `fillers.json`. If it is held back, it is used only in held-back utterances. */
interface Filler extends Pick<TestUtterance, 'language' | 'heldBack'> {
  readonly file: string;
  readonly text: string;
}

interface Source extends ClipWords, Pick<TestUtterance, 'language' | 'heldBack'> {
  readonly name: string;
  /** Sound at 16 kHz. */
  readonly pcm: Int16Array;
  readonly pausesPerBoundary: number;
}

const RATE_PER_MS = 16;
const PAUSES_MS = [300, 450, 600, 800, 1000, 1250, 1500] as const;
const PAUSES_PER_BOUNDARY = 5;
/** The clips of `more-clips.json` get fewer pauses, to limit the time of the bench. */
const PAUSES_PER_BOUNDARY_OF_MORE = 2;
const HELD_BACK = new Set(['austen-0920', 'cards-005', 'something']);
/** Silence before and after an "uh". */
const BEFORE_UH_MS = [150, 300, 450] as const;
const AFTER_UH_MS = [300, 450, 600, 800, 1000] as const;
/** Level of an "uh", relative to the loudest 50 ms of the clip. */
const UH_DB = -4;
const BEFORE_MS = 300;
/** Room noise after the speech. It is longer than the longest wait of any policy. */
const AFTER_MS = 4000;
/** Shortest part of a split utterance. Shorter parts are single syllables, which no listener takes for a turn. */
const LEAST_PART_MS = 400;
const FADE_SAMPLES = 80;

/** The English utterances, the same each time. Some have a pause at a word boundary. */
export function utteranceSet(): readonly TestUtterance[] {
  const random = seededRandom(20);
  return sources().flatMap((source) => ofClip(source, random));
}

/** Utterances of further clips, made in the same way, with other voices and in Chinese. */
export async function moreUtterances(): Promise<readonly TestUtterance[]> {
  const random = seededRandom(21);
  return (await moreSources()).flatMap((source) => ofClip(source, random));
}

/** Hesitant utterances of all clips with an "uh" in the pause, one for each word boundary. */
export async function filledUtterances(): Promise<readonly TestUtterance[]> {
  const random = seededRandom(22);
  const fillers: (Filler & { readonly pcm: Int16Array })[] = [];
  for (const filler of readJson('fillers.json') as readonly Filler[])
    fillers.push({ ...filler, pcm: await speechOfFile(filler.file) });
  return [...sources(), ...(await moreSources())].flatMap((source) => {
    const suitable = fillers.filter(
      ({ language, heldBack }) => language === source.language && heldBack === source.heldBack,
    );
    return boundariesOf(source).map((boundary, n) => {
      const uh = suitable[n % suitable.length];
      if (uh === undefined) throw new Error(`no filler for ${source.name}`);
      return withFiller(source, boundary, uh, random);
    });
  });
}

function sources(): readonly Source[] {
  return Object.entries(readJson('clips.json') as Readonly<Record<string, ClipWords>>).map(([name, clip]) => {
    const file = name.startsWith('austen') ? `../../assets/speech/${name}.wav` : `audio/${name}.wav`;
    const pcm = parseWav(readFileSync(new URL(file, import.meta.url))).pcm;
    const heldBack = HELD_BACK.has(name);
    return { ...clip, language: 'en-US', heldBack, pausesPerBoundary: PAUSES_PER_BOUNDARY, name, pcm };
  });
}

async function moreSources(): Promise<readonly Source[]> {
  const list: Source[] = [];
  for (const [name, clip] of Object.entries(readJson('more-clips.json') as Readonly<Record<string, MoreClip>>)) {
    const { file, heldBack = false, ...rest } = clip;
    const pcm = await speechOfFile(file);
    list.push({ ...rest, name, pcm, heldBack, pausesPerBoundary: PAUSES_PER_BOUNDARY_OF_MORE });
  }
  return list;
}

const readJson = (file: string): unknown => JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));

async function speechOfFile(file: string): Promise<Int16Array> {
  const bytes = readFileSync(new URL(file, import.meta.url));
  return file.endsWith('.opus') ? await speechOfOgg(bytes) : parseWav(bytes).pcm;
}

async function speechOfOgg(bytes: Uint8Array): Promise<Int16Array> {
  const decoder = await OggDecoder.create();
  try {
    const pcm = concatFloat([decoder.push(bytes)]);
    decoder.end();
    return await resampleInt16(floatToInt16(pcm), decoder.rateHz ?? 0, 16_000);
  } finally {
    decoder.close();
  }
}

function ofClip(source: Source, random: Random): TestUtterance[] {
  const { name, voice, language, heldBack, words, pcm, pausesPerBoundary } = source;
  const noise = roomNoise(pcm, random);
  const startMs = words[0]?.[1] ?? 0;
  const endMs = words.at(-1)?.[2] ?? 0;
  const common = { voice, language, heldBack };
  /** A plain utterance has more words than this. */
  const least = language === 'zh-CN' ? 1 : 2;
  const utterances: TestUtterance[] = [];
  for (const [i, [, wordStartMs]] of words.entries()) {
    if (endMs - wordStartMs >= LEAST_PART_MS && i < words.length - least)
      utterances.push({
        ...common,
        name: `${name} from word ${i}`,
        filling: 'silence',
        pause: undefined,
        words: placed(words.slice(i), BEFORE_MS - wordStartMs),
        ...framed(noise, [slice(pcm, wordStartMs, endMs)]),
      });
    if (!isBoundary(words, i)) continue;
    const cutMs = quietestNear(pcm, wordStartMs);
    const offset = Math.floor(random() * PAUSES_MS.length);
    for (let p = 0; p < pausesPerBoundary; p++) {
      const lengthMs = PAUSES_MS[(offset + p) % PAUSES_MS.length] ?? 0;
      const filling = p % 3 === 2 ? 'breath' : 'silence';
      const pause = filling === 'breath' ? withBreath(noise(lengthMs), random) : noise(lengthMs);
      const first = slice(pcm, startMs, cutMs);
      utterances.push({
        ...common,
        name: `${name} before word ${i}, ${lengthMs} ms, ${filling}`,
        filling,
        pause: { startMs: BEFORE_MS + first.length / RATE_PER_MS, lengthMs },
        words: [
          ...placed(words.slice(0, i), BEFORE_MS - startMs),
          ...placed(words.slice(i), BEFORE_MS - startMs + lengthMs),
        ],
        ...framed(noise, [first, pause, slice(pcm, cutMs, endMs)]),
      });
    }
  }
  return utterances;
}

function isBoundary(words: ClipWords['words'], i: number): boolean {
  const fromMs = words[0]?.[1] ?? 0;
  const cutMs = words[i]?.[1] ?? 0;
  return i > 0 && cutMs - fromMs >= LEAST_PART_MS && (words.at(-1)?.[2] ?? 0) - cutMs >= LEAST_PART_MS;
}

const boundariesOf = ({ words }: Source): number[] => [...words.keys()].filter((i) => isBoundary(words, i));

function withFiller(
  { name, voice, language, heldBack, words, pcm }: Source,
  i: number,
  uh: Filler & { readonly pcm: Int16Array },
  random: Random,
): TestUtterance {
  const noise = roomNoise(pcm, random);
  const startMs = words[0]?.[1] ?? 0;
  const cutMs = quietestNear(pcm, words[i]?.[1] ?? 0);
  const first = slice(pcm, startMs, cutMs);
  const sound = loud(uh.pcm, loudestDb(pcm) + UH_DB);
  const uhMs = sound.length / RATE_PER_MS;
  const beforeMs = BEFORE_UH_MS[Math.floor(random() * BEFORE_UH_MS.length)] ?? 0;
  const afterMs = AFTER_UH_MS[Math.floor(random() * AFTER_UH_MS.length)] ?? 0;
  const pauseMs = BEFORE_MS + first.length / RATE_PER_MS;
  const lengthMs = beforeMs + uhMs + afterMs;
  return {
    voice,
    language,
    heldBack,
    name: `${name} before word ${i}, ${beforeMs} ms, ${uh.text}, ${afterMs} ms`,
    filling: 'uh',
    pause: { startMs: pauseMs, lengthMs },
    words: [
      ...placed(words.slice(0, i), BEFORE_MS - startMs),
      { text: uh.text, atMs: pauseMs + beforeMs + uhMs / 2 },
      ...placed(words.slice(i), BEFORE_MS - startMs + lengthMs),
    ],
    ...framed(noise, [first, noise(beforeMs), sound, noise(afterMs), slice(pcm, cutMs, words.at(-1)?.[2] ?? 0)]),
  };
}

function placed(words: ClipWords['words'], offsetMs: number): PlacedWord[] {
  return words.map(([text, fromMs, toMs]) => ({ text, atMs: offsetMs + (fromMs + toMs) / 2 }));
}

function framed(
  noise: (ms: number) => Int16Array,
  parts: readonly Int16Array[],
): Pick<TestUtterance, 'pcm' | 'speechEndMs'> {
  const spoken = concatInt16(parts.map(faded));
  return {
    pcm: concatInt16([noise(BEFORE_MS), spoken, noise(AFTER_MS)]),
    speechEndMs: BEFORE_MS + spoken.length / RATE_PER_MS,
  };
}

function slice(pcm: Int16Array, fromMs: number, toMs: number): Int16Array {
  return pcm.slice(Math.round(fromMs * RATE_PER_MS), Math.round(toMs * RATE_PER_MS));
}

/** Fades both ends of the sound to avoid a click. */
function faded(pcm: Int16Array): Int16Array {
  const out = pcm.slice();
  for (let i = 0; i < Math.min(FADE_SAMPLES, out.length); i++) {
    const share = i / FADE_SAMPLES;
    out[i] = (out[i] ?? 0) * share;
    out[out.length - 1 - i] = (out[out.length - 1 - i] ?? 0) * share;
  }
  return out;
}

/** The quietest 10 ms within 40 ms of a boundary, where a cut is inaudible. */
function quietestNear(pcm: Int16Array, boundaryMs: number): number {
  let best = boundaryMs;
  let least = Infinity;
  for (let ms = boundaryMs - 40; ms <= boundaryMs + 40; ms += 5) {
    const energy = slice(pcm, ms - 5, ms + 5).reduce((sum, value) => sum + value * value, 0);
    if (energy < least) [best, least] = [ms, energy];
  }
  return best;
}

/** Noise at the level of the quietest 100 ms of the clip. */
function roomNoise(pcm: Int16Array, random: Random): (ms: number) => Int16Array {
  const block = 100 * RATE_PER_MS;
  let level = Infinity;
  for (let at = 0; at + block <= pcm.length; at += block / 2) {
    const sum = pcm.subarray(at, at + block).reduce((total, value) => total + value * value, 0);
    level = Math.min(level, Math.sqrt(sum / block));
  }
  return (ms) =>
    Int16Array.from({ length: Math.round(ms * RATE_PER_MS) }, () => (random() + random() + random() - 1.5) * 2 * level);
}

/** Adds a soft breath in the middle half of the pause: noise that rises and fades. */
function withBreath(pause: Int16Array, random: Random): Int16Array {
  const from = Math.floor(pause.length / 4);
  const length = Math.floor(pause.length / 2);
  let low = 0;
  for (let i = 0; i < length; i++) {
    low += 0.4 * ((random() - 0.5) * 1200 - low);
    pause[from + i] = (pause[from + i] ?? 0) + low * Math.sin((Math.PI * i) / length);
  }
  return pause;
}
