import { readFile } from 'node:fs/promises';
import { asChorusError, Cancelled, isCancelled, type LanguageTag, sleep, uiLanguage } from '../../core/index.js';
import { createProcessReader, describeMachine } from '../../platform/machine/index.js';
import {
  type AdmissionControl,
  conversationKey,
  coresOfConversation,
  costKey,
  type MeasuredCosts,
  type SlotPoolControl,
} from '../../capacity/index.js';
import { type ModelStore, sherpaVersion } from '../../engines/index.js';
import { parseWav, LISTEN_RATE_HZ } from '../../audio/index.js';
import { voicesFor, type TtsProvider } from '../../providers/index.js';
import type { Foundation } from '../../config/index.js';
import type { SharedRecognizer } from '../recognition/index.js';
import { selfTestWords } from './words.js';

export interface TestedCapacity {
  readonly slots: SlotPoolControl;
  readonly admission: Pick<AdmissionControl, 'view'>;
  selfTested(cores: number): void;
  /** From now until the returned function is called, our CPU use is not attributed to conversations. */
  disturb(): () => void;
}

export interface TestedSpeech {
  readonly recognizer: Pick<SharedRecognizer, 'isReady' | 'modelFor' | 'recognize' | 'triedCost'>;
  readonly models: Pick<ModelStore, 'installed'>;
  readonly voices: { readonly providers: readonly TtsProvider[] };
}

export interface SelfTestOptions {
  readonly capacity: TestedCapacity;
  readonly speech: TestedSpeech;
  readonly costs: MeasuredCosts;
  /** Resolves when no background work uses the processes to be timed. */
  readonly undisturbed: () => Promise<void>;
  /** The server's languages. The most expensive language determines the result. */
  readonly languages: readonly LanguageTag[];
}

const IDLE_MS = 3000;
const LOOK_EVERY_MS = 30_000;
/** The kernel counts CPU time in ticks of 10 ms. With this much CPU time, the result is accurate to 3 %. */
const ENOUGH_CPU_S = 0.6;
const MAX_ROUNDS = 12;
/** The deadline is late, because no user waits for the result. */
const DEADLINE_MS = 60_000;
const DEVICE = 'self-test';
const CLIP = new URL('../../../assets/speech/austen-0880.wav', import.meta.url);

/**
 * Measures the CPU time of each speech model and local voice in use, once on this machine, while the machine is idle.
 * If a turn begins, the self-test stops before its next round. Runs until the root scope closes.
 */
export async function runSelfTests({ root, common }: Foundation, options: SelfTestOptions): Promise<void> {
  const { log } = common;
  const test = new SelfTest(common.clock, options);
  const known = new Set<string>();
  while (!root.closed) {
    try {
      await test.tell(known, root.signal);
    } catch (error) {
      if (root.closed) return;
      if (!isCancelled(error))
        log.warn('the self-test failed', { problem: 'self_test.failed', reason: asChorusError(error).message });
    }
    await sleep(common.clock, LOOK_EVERY_MS, root.signal).catch(() => undefined);
  }
}

/** Approximate duration of `selfTestWords.sentence`, in seconds. */
const SENTENCE_S = 4;

/**
 * Estimates the cost of a conversation from the costs measured while models were loaded, because all devices may
 * connect before the self-test has run. Does nothing if this machine was tested before.
 */
export function assumeTriedCost({
  capacity,
  speech,
  costs,
  languages,
}: Pick<SelfTestOptions, 'capacity' | 'speech' | 'costs' | 'languages'>): void {
  if (costs.get(conversationKey(describeMachine())) !== undefined) return;
  let dearest = 0;
  for (const language of languages) {
    if (!speech.recognizer.isReady(language)) continue;
    const asrPerSecond = speech.recognizer.triedCost(language);
    if (asrPerSecond === undefined) return;
    const voice = localVoice(speech, language);
    const ttsPerSecond = voice ? voice.predictMs(sentenceIn(language)) / 1000 / SENTENCE_S : 0;
    dearest = Math.max(dearest, coresOfConversation({ asrPerSecond, ttsPerSecond }));
  }
  if (dearest > 0) capacity.selfTested(dearest);
}

class SelfTest {
  readonly #machine = describeMachine();
  readonly #runtime = sherpaVersion();
  readonly #reader;

  constructor(
    private readonly clock: Foundation['common']['clock'],
    private readonly options: SelfTestOptions,
  ) {
    this.#reader = createProcessReader({ clock });
  }

  /** Measures new models and voices and reports the cost of a conversation. `known` lists what was reported last. */
  async tell(known: Set<string>, signal: AbortSignal): Promise<void> {
    const { capacity, speech, languages } = this.options;
    const spoken = languages.filter((language) => speech.recognizer.isReady(language));
    const work = spoken.map((language) => ({
      language,
      model: localModel(speech, language),
      voice: localVoice(speech, language),
    }));
    const news = work.filter(({ model, voice }) => !known.has(`${model} ${voice?.id}`));
    if (news.length === 0) return;
    let dearest = 0;
    for (const { language, model, voice } of work) {
      const asrPerSecond = model
        ? await this.#cost('asr', model, () => this.#timed(['asr'], signal, () => this.#recognise(language, signal)))
        : 0;
      const ttsPerSecond = voice
        ? await this.#cost('tts', voice.id, () =>
            this.#timed(['tts', 'speaking'], signal, () => this.#speak(voice, language, signal)),
          )
        : 0;
      dearest = Math.max(dearest, coresOfConversation({ asrPerSecond, ttsPerSecond }));
    }
    known.clear();
    for (const { model, voice } of work) known.add(`${model} ${voice?.id}`);
    if (dearest === 0) return;
    capacity.selfTested(dearest);
    await this.#keep(conversationKey(this.#machine), dearest);
  }

  async #cost(kind: 'asr' | 'tts', id: string, measure: () => Promise<number>): Promise<number> {
    const key = costKey(this.#machine, kind, id, this.#runtime);
    const before = this.options.costs.get(key);
    if (before !== undefined) return before;
    const coreSeconds = await measure();
    await this.#keep(key, coreSeconds);
    return coreSeconds;
  }

  async #keep(key: string, coreSeconds: number): Promise<void> {
    const { costs } = this.options;
    if (costs.get(key) !== coreSeconds) await costs.set(key, coreSeconds, new Date(this.clock.wallMs()).toISOString());
  }

  /**
   * Returns the cost per second of audio. `round` does the work once and resolves with the seconds of audio.
   * `processes` are the names of the processes that do the work.
   */
  async #timed(processes: readonly string[], signal: AbortSignal, round: () => Promise<number>): Promise<number> {
    const { capacity, undisturbed } = this.options;
    do {
      await sleep(this.clock, IDLE_MS, signal);
      await undisturbed();
    } while (this.#busy());
    const end = capacity.disturb();
    try {
      await round(); // The first round is slower, because caches are empty and a voice is loaded.
      const before = await this.#cpuSeconds(processes);
      const startedMs = this.clock.nowMs();
      let soundS = 0;
      let usedS = 0;
      for (let i = 0; i < MAX_ROUNDS && usedS < ENOUGH_CPU_S; i++) {
        if (this.#busy()) throw new Cancelled('somebody talks');
        signal.throwIfAborted();
        soundS += await round();
        usedS = (await this.#cpuSeconds(processes)) - before;
      }
      if (!(soundS > 0)) throw new Cancelled('nothing was timed');
      // If the system does not report the CPU time of child processes, the elapsed time is the best estimate.
      return (usedS > 0 ? usedS : (this.clock.nowMs() - startedMs) / 1000) / soundS;
    } finally {
      end();
    }
  }

  #busy(): boolean {
    const { admission, slots } = this.options.capacity;
    const { conversations, waiting } = admission.view();
    const { running, waiting: queued } = slots.view();
    return conversations + waiting + running + queued > 0;
  }

  async #recognise(language: LanguageTag, signal: AbortSignal): Promise<number> {
    const { pcm } = parseWav(await readFile(CLIP));
    await this.options.speech.recognizer.recognize(
      { deviceId: DEVICE, pcm, language, deadlineMs: this.clock.nowMs() + DEADLINE_MS },
      signal,
    );
    return pcm.length / LISTEN_RATE_HZ;
  }

  async #speak(voice: TtsProvider, language: LanguageTag, signal: AbortSignal): Promise<number> {
    const text = sentenceIn(language);
    const request = {
      kind: 'tts',
      deviceId: DEVICE,
      deadlineMs: this.clock.nowMs() + DEADLINE_MS,
      predictedMs: voice.predictMs(text),
      pool: voice.pool,
    } as const;
    return this.options.capacity.slots.run(request, signal, async (inner) => {
      const { format, chunks } = await voice.synthesize({ text, language }, inner);
      let bytes = 0;
      for await (const chunk of chunks) bytes += chunk.byteLength;
      return format.kind === 'pcm' ? bytes / 2 / format.rateHz : 0;
    });
  }

  async #cpuSeconds(processes: readonly string[]): Promise<number> {
    const readings = await this.#reader.read([process.pid]);
    return readings.filter(({ name }) => processes.includes(name)).reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
  }
}

const sentenceIn = (language: LanguageTag): string => selfTestWords.sentence[uiLanguage(language)];

/** Undefined if a service recognises the language. The service costs no CPU here, and a test of it would be billed. */
function localModel({ recognizer, models }: TestedSpeech, language: LanguageTag): string | undefined {
  const id = recognizer.modelFor(language);
  return id !== undefined && models.installed(id) ? id : undefined;
}

function localVoice(speech: TestedSpeech, language: LanguageTag): TtsProvider | undefined {
  const first = voicesFor(speech.voices.providers, language)[0];
  return first?.local ? first : undefined;
}
