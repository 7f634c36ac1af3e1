import { ChorusError, type Clock, sleep } from '../../src/core/index.js';
import { int16ToBytes, type SpeechFormat } from '../../src/audio/index.js';
import type { EnginePool } from '../../src/capacity/capacity-port.js';
import type { TtsProvider, TtsRequest } from '../../src/providers/tts/tts-port.js';
import { syntheticVoice } from './sound.js';

/** How a scripted voice reacts to one request. Times are milliseconds of its clock. */
export interface TtsScript {
  /** How long `synthesize` takes to answer. With Infinity it never answers, even if it is aborted. */
  readonly firstMs?: number;
  /** How long it takes between two pieces. */
  readonly pieceMs?: number;
  /** Fails at once with this error. */
  readonly error?: ChorusError;
  /** Number of pieces after which the audio breaks off or stalls. */
  readonly breakAfter?: number;
  readonly hangAfter?: number;
  readonly format?: SpeechFormat;
  /** Bytes to send in place of speech. */
  readonly bytes?: Uint8Array;
}

export interface ScriptedTts extends TtsProvider {
  readonly requests: TtsRequest[];
  /** The signal of each request. */
  readonly signals: AbortSignal[];
  /** The signal of each announced request. */
  readonly expecting: AbortSignal[];
  /** How many pieces of audio were requested. */
  pieces: number;
  /** For each sentence that was spoken while it was written: the pieces of text. */
  readonly written: string[][];
  /** How many requests were abandoned or aborted before their audio had ended. */
  abandoned: number;
}

const PIECE_SAMPLES = 4800;

/** For how many seconds a scripted voice speaks this text: a tenth per letter. */
export function scriptedSeconds(text: string): number {
  return text.length * 0.1;
}

interface ScriptedVoice {
  readonly languages?: readonly string[];
  readonly local?: boolean;
  readonly pool?: EnginePool;
  /** Whether it takes text while the text is written. */
  readonly streams?: boolean;
}

/**
 * A voice that sends 24 kHz PCM in chunks of 200 ms. Each request gets the next script, and the last script is
 * repeated.
 */
export function scriptedTts(
  id: string,
  clock: Clock,
  scripts: readonly TtsScript[],
  more: ScriptedVoice = {},
): ScriptedTts {
  const requests: TtsRequest[] = [];
  const signals: AbortSignal[] = [];
  const expecting: AbortSignal[] = [];
  const scriptOf = (request: TtsRequest, signal: AbortSignal): TtsScript => {
    const script = scripts[Math.min(requests.length, scripts.length - 1)] ?? {};
    requests.push(request);
    signals.push(signal);
    return script;
  };
  const provider: ScriptedTts = {
    id,
    languages: more.languages ?? ['*'],
    local: more.local ?? false,
    ...(more.pool && { pool: more.pool }),
    requests,
    signals,
    expecting,
    written: [],
    expect: (signal) => void expecting.push(signal),
    pieces: 0,
    abandoned: 0,
    predictMs: (text) => text.length,
    async synthesize(request, signal) {
      const script = scriptOf(request, signal);
      await begin(clock, script, signal);
      return {
        format: script.format ?? { kind: 'pcm', rateHz: 24_000 },
        chunks: piecesOf(provider, clock, request.text, script, signal),
      };
    },
  };

  if (more.streams === true)
    provider.stream = async ({ pieces: texts, ...request }, signal) => {
      const script = scriptOf({ ...request, text: '' }, signal);
      const said: string[] = [];
      provider.written.push(said);
      const rest = texts[Symbol.asyncIterator]();
      const first = await rest.next();
      await begin(clock, script, signal);
      const chunks = async function* (): AsyncGenerator<Uint8Array> {
        for (let next = first; next.done !== true; next = await rest.next()) {
          said.push(next.value);
          yield* piecesOf(provider, clock, next.value, script, signal);
        }
      };
      return { format: script.format ?? { kind: 'pcm', rateHz: 24_000 }, chunks: chunks() };
    };

  return provider;
}

async function begin(clock: Clock, { firstMs, error }: TtsScript, signal: AbortSignal): Promise<void> {
  if (firstMs === Infinity) await new Promise(() => undefined);
  if (firstMs) await sleep(clock, firstMs, signal);
  if (error) throw error;
}

/** The speech of a text, piece by piece. The pieces are counted. */
async function* piecesOf(
  provider: ScriptedTts,
  clock: Clock,
  text: string,
  script: TtsScript,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const bytes =
    script.bytes ??
    int16ToBytes(syntheticVoice({ rateHz: 24_000, seconds: scriptedSeconds(text), pitchHz: 200, level: 0.5 }));
  let ended = false;
  try {
    for (let at = 0, count = 0; at < bytes.length; at += PIECE_SAMPLES * 2, count++) {
      signal.throwIfAborted();
      if (count === script.breakAfter) throw new ChorusError('tts.failed', 'scripted break');
      if (count === script.hangAfter) await new Promise(() => undefined);
      if (count > 0 && script.pieceMs) await sleep(clock, script.pieceMs, signal);
      provider.pieces += 1;
      yield bytes.slice(at, at + PIECE_SAMPLES * 2);
    }
    ended = true;
  } finally {
    if (!ended) provider.abandoned += 1;
  }
}
