import type { ChorusError, Clock } from '../core/index.js';
import { isPlayableRate, spokenUnits, type SpeechFormat } from '../audio/index.js';
import type { AsrProvider } from '../providers/asr/asr-port.js';
import {
  ReplyTimer,
  type ProviderDescriptor,
  type RecognitionServiceDescriptor,
  type VoiceDescriptor,
} from '../providers/index.js';
import type { LlmDelta, LlmProvider } from '../providers/llm/llm-port.js';
import type { TtsProvider } from '../providers/tts/tts-port.js';
import { guardStream, isDuration, pluginError, untilAborted, valueOr } from './guard.js';

// The server calls the providers of a plug-in only through these guards. A call always ends when its signal is aborted.
// Results have the right type and a limited number of items or characters.

/** More deltas than a reply has at the highest `llm.max_tokens`. */
const MAX_DELTAS = 20_000;
/** More characters than two minutes of speech have. */
const MAX_TRANSCRIPT_CHARS = 4000;
/** Maximum number of chunks for one sentence. In chunks of 20 ms, this is longer than any sentence. */
const MAX_AUDIO_CHUNKS = 10_000;
/** Assumed time for a service to synthesise one spoken unit. It is a tenth of the unit's 60 ms of speech. */
const MS_PER_UNIT = 6;

const isBoolean = (value: unknown): value is boolean => value === true || value === false;

const isText = (value: unknown): value is string => typeof value === 'string';

const isTextList = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(isText);

/** `local` is always false. A local voice holds a CPU slot, so a hanging plug-in would block other voices. */
export function guardVoice(
  plugin: string,
  { id, languages }: Pick<VoiceDescriptor, 'id' | 'languages'>,
  voice: TtsProvider,
): TtsProvider {
  const fail = (thrown: unknown): ChorusError => pluginError(plugin, thrown, 'tts.failed');
  return {
    id,
    languages: valueOr(languages, isTextList, () => voice.languages),
    local: false,
    available: () => valueOr(true, isBoolean, () => voice.available?.() ?? true),
    predictMs: (text) => valueOr(MS_PER_UNIT * (spokenUnits(text) + 1), isDuration, () => voice.predictMs(text)),
    expect: (signal) =>
      valueOr(
        undefined,
        (value) => value === undefined,
        () => voice.expect?.(signal),
      ),
    async synthesize(request, signal) {
      try {
        const audio = await untilAborted(signal, () => voice.synthesize(request, signal));
        const format = formatOf(audio.format);
        const chunks = guardStream(() => audio.chunks, signal, { check: bytesOf, maxItems: MAX_AUDIO_CHUNKS, fail });
        return { format, chunks };
      } catch (error) {
        throw signal.aborted ? signal.reason : fail(error);
      }
    },
  };
}

function bytesOf(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  throw new TypeError('a piece of audio is no Uint8Array');
}

function formatOf(format: SpeechFormat): SpeechFormat {
  if (format.kind === 'wav' || format.kind === 'mp3') return format;
  if (format.kind === 'pcm' && isPlayableRate(format.rateHz)) return format;
  throw new TypeError('the format of the audio is neither wav, mp3 nor pcm of 8 to 48 kHz');
}

export function guardRecognizer(
  plugin: string,
  { id, languages }: Pick<RecognitionServiceDescriptor, 'id' | 'languages'>,
  recognizer: AsrProvider,
): AsrProvider {
  return {
    id,
    languages: valueOr(languages, isTextList, () => recognizer.languages),
    local: false,
    punctuationMeansEnd: valueOr(false, isBoolean, () => recognizer.punctuationMeansEnd),
    predictMs: (audioMs) => valueOr(1 + audioMs / 10, isDuration, () => recognizer.predictMs(audioMs)),
    async transcribe({ pcm, language }, signal) {
      try {
        // The plug-in gets a copy, so that it cannot change the shared samples.
        const given = { pcm: pcm.slice(), language };
        const { text, runMs } = await untilAborted(signal, () => recognizer.transcribe(given, signal));
        if (typeof text !== 'string') throw new TypeError('the transcript is no text');
        return { text: text.slice(0, MAX_TRANSCRIPT_CHARS).trim(), runMs: isDuration(runMs) ? runMs : 1 };
      } catch (error) {
        throw signal.aborted ? signal.reason : pluginError(plugin, error, 'asr.failed');
      }
    },
  };
}

export interface LanguageModelLimits {
  readonly clock: Clock;
  /** Longest wait for the first token, and from each token to the next. */
  readonly firstTokenMs: number;
  readonly replyMs: number;
}

export function guardLanguageModel(
  plugin: string,
  { id }: Pick<ProviderDescriptor, 'id'>,
  llm: LlmProvider,
  limits: LanguageModelLimits,
): LlmProvider {
  const { clock, firstTokenMs, replyMs } = limits;
  const fail = (thrown: unknown): ChorusError => pluginError(plugin, thrown, 'llm.failed');
  return {
    // The usual id also names the model.
    id: valueOr(id, isText, () => llm.id),
    local: valueOr(false, isBoolean, () => llm.local),
    expect: () =>
      valueOr(
        undefined,
        (value) => value === undefined,
        () => llm.expect?.(),
      ),
    async *stream(request, signal) {
      const over = new AbortController();
      const either = AbortSignal.any([signal, over.signal]);
      const timer = new ReplyTimer(clock, { silenceMs: firstTokenMs, replyMs });
      const items = guardStream(() => llm.stream(request, either), either, {
        check: deltaOf,
        maxItems: MAX_DELTAS,
        fail,
      })[Symbol.asyncIterator]();
      try {
        for (;;) {
          const next = await timer.wait(signal, () => items.next());
          timer.heard();
          if (next.done === true) return;
          yield next.value;
        }
      } finally {
        over.abort(new Error('the answer is over'));
        await items.return?.(undefined);
      }
    },
  };
}

const count = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

function deltaOf(item: unknown): LlmDelta {
  const delta = (typeof item === 'object' && item !== null ? item : {}) as Partial<Record<string, unknown>>;
  switch (delta['type']) {
    case 'text':
      if (typeof delta['text'] === 'string') return { type: 'text', text: delta['text'] };
      break;
    case 'tool_call': {
      const { id, name, arguments: given } = (delta['call'] ?? {}) as Record<string, unknown>;
      if (typeof id === 'string' && typeof name === 'string' && typeof given === 'object' && given !== null)
        return { type: 'tool_call', call: { id, name, arguments: given as Record<string, unknown> } };
      break;
    }
    case 'usage':
      return { type: 'usage', inputTokens: count(delta['inputTokens']), outputTokens: count(delta['outputTokens']) };
    default:
  }
  throw new TypeError('a piece of the answer is neither text, a tool call nor usage');
}
