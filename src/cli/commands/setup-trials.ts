import { createServer } from 'node:net';
import { join } from 'node:path';
import {
  asChorusError,
  ChorusError,
  noMetrics,
  primarySubtag,
  Scope,
  silentLogger,
  uiLanguage,
  withTimeout,
  type Clock,
} from '../../core/index.js';
import type { Config } from '../../config/index.js';
import { llmChoiceOf, tryModel, voicesFor, type TtsProvider, untilReached } from '../../providers/index.js';
import { bytesToInt16, concatBytes, type WavSound } from '../../audio/index.js';
import { createSpeechEncoder, createConfiguredVoices, OPUS } from '../../speech/speaking/index.js';
import { CHILD_START_TIMEOUT_MS, createModelStore } from '../../engines/index.js';
import { setupTrialWords } from '../words/setup-trials.js';

export type Trial<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ChorusError };

async function attempt<T>(work: () => Promise<T>): Promise<Trial<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error: asChorusError(error) };
  }
}

const VOICE_TIMEOUT_MS = 30_000;

export interface SetupLlmTrial {
  readonly firstMs: number;
  readonly totalMs: number;
  readonly text: string;
}

export function tryLlm(
  llm: Config['llm'],
  prompt: string,
  language: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<Trial<SetupLlmTrial>> {
  return attempt(async () => {
    const ui = uiLanguage(language);
    const options = {
      ...llmChoiceOf(llm, llm),
      temperature: llm.temperature,
      firstTokenMs: llm.first_token_ms,
      replyMs: llm.total_ms,
      clock,
      log: silentLogger,
      random: Math.random,
    };
    const { text, ...times } = await tryModel(options, { prompt, language: ui }, signal);
    return { ...times, text: text[ui] };
  });
}

export interface VoiceTrial {
  /** The voice that spoke. It may have replaced the chosen voice. */
  readonly id: string;
  readonly firstMs: number;
  readonly totalMs: number;
  /** Voices that were tried earlier and failed. */
  readonly before: readonly { readonly id: string; readonly error: ChorusError }[];
}

/** The caller must close the voices, which run in a process of their own. */
export interface SetupVoices {
  trial(sentence: string, language: string): Promise<Trial<VoiceTrial>>;
  /** Records a sentence with a voice of this machine, for the simulated device to speak. */
  say(sentence: string, language: string): Promise<WavSound>;
  close(): Promise<void>;
}

/** Errors: `engine.*`. */
export async function openVoices(
  tts: Config['tts'],
  dataDir: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<SetupVoices> {
  const scope = new Scope('voices', () => undefined);
  const common = { clock, log: silentLogger, metrics: noMetrics, scope };
  const encoder = createSpeechEncoder({
    ...common,
    niceness: 0,
    startTimeoutMs: CHILD_START_TIMEOUT_MS,
    opus: OPUS,
  });
  let providers: readonly TtsProvider[];
  try {
    await encoder.start();
    const models = await createModelStore({
      directory: join(dataDir, 'models'),
      locale: 'world',
      mirrors: [],
      ...common,
    });
    const speakingProcess = encoder.synthesize;
    const context = { ...common, speakingProcess, models, slotCount: 1, threads: 1 };
    ({ providers } = createConfiguredVoices({ ...context, config: tts, autoPull: false }));
  } catch (error) {
    await scope.close();
    throw error;
  }
  return {
    trial: (sentence, language) => attempt(() => speakByFirst(providers, { tts, sentence, language }, clock, signal)),
    say: (sentence, language) => speakLocally(providers, sentence, language, signal),
    close: () => scope.close(),
  };
}

interface Sample {
  readonly tts: Config['tts'];
  readonly sentence: string;
  readonly language: string;
}

/** Errors: `tts.unavailable`. */
async function speakByFirst(
  providers: readonly TtsProvider[],
  sample: Sample,
  clock: Clock,
  signal: AbortSignal,
): Promise<VoiceTrial> {
  const { tts, language } = sample;
  const primary = primarySubtag(language);
  const speaks = providers.filter(({ languages }) => languages.includes('*') || languages.includes(primary));
  await untilReached(speaks, clock, signal);
  const failures: { readonly id: string; readonly error: ChorusError }[] = [];
  for (const provider of speaks) {
    try {
      return { ...(await timedSpeech(provider, sample, clock, signal)), before: failures };
    } catch (error) {
      failures.push({ id: provider.id, error: asChorusError(error) });
      if (tts.provider !== 'auto') break;
    }
  }
  throw new ChorusError(
    'tts.unavailable',
    failures.length > 0 ? failures.map(({ error }) => error.message).join('; ') : `no voice for ${language}`,
    { cause: new AggregateError(failures.map(({ error }) => error)) },
  );
}

const noSound = (): ChorusError => new ChorusError('tts.timeout', setupTrialWords.noSoundInTime);

function timedSpeech(
  provider: TtsProvider,
  { tts, sentence, language }: Sample,
  clock: Clock,
  signal: AbortSignal,
): Promise<Omit<VoiceTrial, 'before'>> {
  const startMs = clock.nowMs();
  const request = { text: sentence, language, ...(tts.voice !== undefined && { voice: tts.voice }), rate: tts.rate };
  return withTimeout(clock, VOICE_TIMEOUT_MS, signal, noSound, async (inner) => {
    let firstMs: number | undefined;
    const { chunks } = await provider.synthesize(request, inner);
    for await (const chunk of chunks) if (chunk.byteLength > 0) firstMs ??= clock.nowMs() - startMs;
    if (firstMs === undefined) throw new ChorusError('tts.failed', setupTrialWords.noSound);
    return { id: provider.id, firstMs, totalMs: clock.nowMs() - startMs };
  });
}

/** Errors: `tts.unavailable`. */
async function speakLocally(
  providers: readonly TtsProvider[],
  sentence: string,
  language: string,
  signal: AbortSignal,
): Promise<WavSound> {
  const [voice] = voicesFor(
    providers.filter(({ local }) => local),
    language,
  );
  if (!voice) throw new ChorusError('tts.unavailable', setupTrialWords.noVoice(language));
  const { format, chunks } = await voice.synthesize({ text: sentence, language }, signal);
  if (format.kind !== 'pcm') throw new ChorusError('internal', 'a local voice makes PCM');
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk.slice());
  return { rateHz: format.rateHz, pcm: bytesToInt16(concatBytes(parts)) };
}

export function tryPort(host: string, port: number, clock: Clock): Promise<Trial<number>> {
  return attempt(
    () =>
      new Promise<number>((resolve, reject) => {
        const startMs = clock.nowMs();
        const probe = createServer();
        probe.once('error', (error) => reject(new ChorusError('server.listen_failed', error.message)));
        probe.listen(port, host, () => probe.close(() => resolve(clock.nowMs() - startMs)));
      }),
  );
}
