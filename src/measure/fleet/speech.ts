import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ChorusError, seededRandom, type Random } from '../../core/index.js';
import { concatInt16, parseWav } from '../../audio/index.js';
import { encodeClip, UPLINK_RATE_HZ, type Clip } from './clip.js';
import { fleetWords } from './words.js';

export interface Utterance {
  readonly name: string;
  /** Words in lower case, without punctuation. */
  readonly text: string;
  /** Time from the first to the last word. */
  readonly speechMs: number;
  readonly clip: Clip;
}

/** Recorded speech, cut and joined between words. Every utterance ends like a sentence. */
export interface SpeechLibrary {
  /** Utterances of about 2 to 6 s, shortest first. */
  readonly utterances: readonly Utterance[];
  /** Utterances of 12 to 20 s without a pause that could be an end. */
  readonly long: readonly Utterance[];
  /** Sound of the room while nobody speaks. */
  readonly room: Clip;
}

interface Piece {
  readonly clip: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly text: string;
}

interface SpeechIndex {
  readonly pieces: Readonly<Record<string, Piece>>;
  readonly utterances: readonly (readonly string[])[];
  readonly long: readonly (readonly string[])[];
}

export interface SpeechOptions {
  /** Steady room noise in dBFS, for example -45 for a fan close by. Undefined means silence. */
  readonly noiseDbfs?: number;
  readonly folder?: string;
  /** Maximum number of utterances of each kind, for tests that do not need all of them. */
  readonly atMost?: number;
}

/** The path is the same from `src` and from `dist`. */
const PACKAGED = fileURLToPath(new URL('../../../assets/speech', import.meta.url));
/** Pause between two joined recordings, in ms. A pause this short never ends a turn. */
const JOIN_MS = 120;
/** Samples over which a cut is faded, to avoid a click. */
const FADE_SAMPLES = 80;
/** Sound this far below the loudest is silence, and is cut off before recordings are joined. */
const AROUND_BELOW_PEAK_DB = 34;
const NOISE_MS = 4000;

/** Error: `audio.undecodable` if the package is incomplete. */
export async function loadSpeech(options: SpeechOptions = {}): Promise<SpeechLibrary> {
  const folder = options.folder ?? PACKAGED;
  try {
    const index = JSON.parse(await readFile(`${folder}/utterances.json`, 'utf8')) as SpeechIndex;
    const clips = new Map<string, Int16Array>();
    for (const { clip } of Object.values(index.pieces))
      if (!clips.has(clip)) clips.set(clip, parseWav(await readFile(`${folder}/${clip}.wav`)).pcm);
    const noise = options.noiseDbfs === undefined ? undefined : roomNoise(options.noiseDbfs);
    const make = (names: readonly string[]): Utterance => utterance(names, index, clips, noise);
    const atMost = options.atMost ?? Infinity;
    return {
      utterances: index.utterances
        .slice(0, atMost)
        .map(make)
        .sort((a, b) => a.speechMs - b.speechMs),
      long: index.long.slice(0, atMost).map(make),
      room: encodeClip(new Int16Array(0), noise),
    };
  } catch (error) {
    throw new ChorusError('audio.undecodable', fleetWords.unreadable(folder), { cause: error });
  }
}

/** Picks one of the three nearest utterances, so that a length does not always have the same words. */
export function utteranceNear(utterances: readonly Utterance[], speechMs: number, random: Random): Utterance {
  const nearest = [...utterances]
    .sort((a, b) => Math.abs(a.speechMs - speechMs) - Math.abs(b.speechMs - speechMs))
    .slice(0, 3);
  const chosen = nearest[Math.floor(random() * nearest.length)];
  if (!chosen) throw new RangeError('no utterances');
  return chosen;
}

function utterance(
  names: readonly string[],
  index: SpeechIndex,
  clips: ReadonlyMap<string, Int16Array>,
  noise: Int16Array | undefined,
): Utterance {
  const parts: Int16Array[] = [];
  const texts: string[] = [];
  names.forEach((name, place) => {
    const piece = index.pieces[name];
    const pcm = piece && clips.get(piece.clip);
    if (!piece || !pcm) throw new RangeError(`no piece ${name}`);
    const cut = pcm.slice((piece.fromMs * UPLINK_RATE_HZ) / 1000, (piece.toMs * UPLINK_RATE_HZ) / 1000);
    parts.push(place === 0 ? faded(cut) : faded(withoutSilence(cut)));
    if (place < names.length - 1) {
      const before = parts.pop() ?? cut;
      parts.push(withoutSilence(before), new Int16Array((JOIN_MS * UPLINK_RATE_HZ) / 1000));
    }
    texts.push(piece.text);
  });
  const clip = encodeClip(concatInt16(parts), noise);
  return { name: names.join('+'), text: texts.join(' '), speechMs: clip.speechEndMs - clip.speechStartMs, clip };
}

function faded(pcm: Int16Array): Int16Array {
  const out = pcm.slice();
  for (let i = 0; i < Math.min(FADE_SAMPLES, out.length); i++) {
    const gain = i / FADE_SAMPLES;
    out[i] = Math.round((out[i] ?? 0) * gain);
    const j = out.length - 1 - i;
    out[j] = Math.round((out[j] ?? 0) * gain);
  }
  return out;
}

function withoutSilence(pcm: Int16Array): Int16Array {
  const peak = pcm.reduce((max, value) => Math.max(max, Math.abs(value)), 1);
  const threshold = peak * 10 ** (-AROUND_BELOW_PEAK_DB / 20);
  const first = pcm.findIndex((value) => Math.abs(value) > threshold);
  const last = pcm.findLastIndex((value) => Math.abs(value) > threshold);
  return pcm.subarray(Math.max(0, first - FADE_SAMPLES), last + 1 + FADE_SAMPLES);
}

/** Noise with more bass than treble, as in rooms. It is the same every time. */
function roomNoise(dbfs: number): Int16Array {
  const random = seededRandom(1, 'room');
  const samples = new Float32Array((NOISE_MS * UPLINK_RATE_HZ) / 1000);
  let low = 0;
  for (let i = 0; i < samples.length; i++) {
    const white = random() * 2 - 1;
    low = 0.95 * low + 0.05 * white;
    samples[i] = low + 0.03 * white;
  }
  const rms = Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);
  const gain = (32_768 * 10 ** (dbfs / 20)) / rms;
  return Int16Array.from(samples, (value) => Math.round(value * gain));
}
