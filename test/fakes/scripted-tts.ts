import { ChorusError, type Clock, sleep } from '../../src/core/index.js';
import { int16ToBytes, type SpeechFormat } from '../../src/audio/index.js';
import type { EnginePool } from '../../src/capacity/capacity-port.js';
import type { TtsProvider, TtsRequest } from '../../src/providers/tts/tts-port.js';
import { syntheticVoice } from './sound.js';

/** How a scripted voice handles one request, in milliseconds of its clock. */
export interface TtsScript {
  /** Before `synthesize` answers. Infinity: never, whatever the signal says. */
  readonly firstMs?: number;
  /** Between two pieces. */
  readonly pieceMs?: number;
  /** Rejects at once. */
  readonly error?: ChorusError;
  /** Breaks off, or hangs, after so many pieces. */
  readonly breakAfter?: number;
  readonly hangAfter?: number;
  readonly format?: SpeechFormat;
  /** Instead of speech. */
  readonly bytes?: Uint8Array;
}

export interface ScriptedTts extends TtsProvider {
  readonly requests: TtsRequest[];
  /** One a request. */
  readonly signals: AbortSignal[];
  /** One each time that a request was announced. */
  readonly expecting: AbortSignal[];
  /** Pieces that were asked for. */
  pieces: number;
  /** Text of each sentence that was spoken while it was being written, piece by piece. */
  readonly written: string[][];
  /** Requests whose stream was left or aborted before its end. */
  abandoned: number;
}

const PIECE_SAMPLES = 4800;

/** Seconds that a scripted voice needs for a text: a tenth a letter. */
export function scriptedSeconds(text: string): number {
  return text.length * 0.1;
}

interface ScriptedVoice {
  readonly languages?: readonly string[];
  readonly local?: boolean;
  readonly pool?: EnginePool;
  /** It takes text as it is written. */
  readonly streams?: boolean;
}

/**
 * A voice with one script per request (the last repeats). It speaks 24 kHz PCM in chunks
 * of 200 ms.
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

/** Waits, hangs or fails as the script says. */
async function begin(clock: Clock, { firstMs, error }: TtsScript, signal: AbortSignal): Promise<void> {
  if (firstMs === Infinity) await new Promise(() => undefined);
  if (firstMs) await sleep(clock, firstMs, signal);
  if (error) throw error;
}

/** Speech of a text in pieces, counted by the voice. */
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
