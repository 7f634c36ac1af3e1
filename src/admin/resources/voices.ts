import { z } from 'zod';
import { bytesToInt16, concatBytes, writeWav } from '../../audio/index.js';
import type { Slots } from '../../capacity/index.js';
import { FIELDS, valueAt, type Config } from '../../config/index.js';
import {
  asChorusError,
  ChorusError,
  type Clock,
  joinText,
  uiLanguage,
  type UiLanguage,
  withTimeout,
} from '../../core/index.js';
import { spokenChunks } from '../../conversation/dialogue/index.js';
import type { ModelStore } from '../../engines/index.js';
import {
  keySettingOf,
  providers as registry,
  ttsWords,
  voicesFor,
  type TtsAudio,
  type TtsProvider,
  type VoiceDescriptor,
} from '../../providers/index.js';
import { speechWords, spokenForm } from '../../speech/speaking/index.js';
import type { AdminApi, Routes } from '../api.js';
import { bilingual } from '../shapes.js';
import { isChangeable } from './changeable.js';
import { resourceWords } from '../words/resources.js';

export const voicesAnswer = z.object({
  current: z.object({ provider: z.string(), voice: z.string().optional() }),
  providers: z.array(
    z.object({
      id: z.string().meta({ description: 'For tts.provider.', examples: ['auto', 'edge', 'flite', 'melo-zh-en'] }),
      about: bilingual,
      languages: z.array(z.string()).meta({ description: 'Primary subtags; `*`: any.' }),
      local: z.boolean(),
      state: z
        .enum(['ready', 'unreachable', 'missing', 'no_key'])
        .meta({ description: 'missing: its model is not installed.' }),
      voices: z
        .array(
          z.object({
            name: z.string().meta({ description: 'For tts.voice.' }),
            language: z.string(),
            title: bilingual,
          }),
        )
        .meta({ description: 'Some that are known; others can be typed in.' }),
      settings: z
        .array(
          z.object({
            key: z.string().meta({ examples: ['tts.openai.base_url'] }),
            about: bilingual,
            secret: z.boolean(),
            value: z.string().optional().meta({ description: '`***`: a secret that is set.' }),
          }),
        )
        .meta({ description: 'What can be set for this provider from the page (PATCH of the configuration).' }),
    }),
  ),
});
export type VoicesAnswer = z.output<typeof voicesAnswer>;

/** The answer is audio/wav or audio/mpeg, in the voice's own format. */
export const listenRequest = z.strictObject({
  provider: z.string().max(64).optional().meta({ description: 'tts.provider; left out: the present one.' }),
  voice: z
    .string()
    .max(128)
    .optional()
    .meta({ description: "tts.voice; left out: the provider's voice for the language." }),
  text: z.string().trim().min(1).max(200).optional(),
  language: z
    .string()
    .max(32)
    .optional()
    .meta({ description: 'A language tag; left out: that of the request.', examples: ['zh-CN', 'en-US'] }),
});
export type ListenRequest = z.output<typeof listenRequest>;

export const voiceRoutes = {
  listVoices: { method: 'GET', path: '/voices', summary: 'Voices that can be chosen.', answer: voicesAnswer },
  listenToVoice: {
    method: 'POST',
    path: '/voices/listen',
    summary: 'One sentence by a voice.',
    body: listenRequest,
    answer: 'sound',
  },
} as const satisfies Routes;

const WITHIN_MS = 20_000;
/** Larger than any WAV of a sentence of 200 characters. */
const MAX_BYTES = 8 * 1024 * 1024;
const MAX_AT_ONCE = 2;
const TAG = { en: 'en-US', zh: 'zh-CN' } as const;
/** Synthesis needs the name of a device. No real device has this name. */
const LISTENER = 'page';

export interface Sound {
  readonly type: 'audio/wav' | 'audio/mpeg';
  readonly bytes: Uint8Array;
}

export interface VoiceControl {
  list(language: UiLanguage): VoicesAnswer;
  /** Errors: `tts.*`, `engine.*`, `model.*`, `capacity.*`, the signal's reason. */
  listen(request: ListenRequest, language: UiLanguage, signal: AbortSignal): Promise<Sound>;
}

export interface VoicesContext {
  readonly live: { readonly current: Config };
  readonly clock: Clock;
  readonly speech: {
    readonly models: ModelStore;
    readonly voices: { readonly providers: readonly TtsProvider[] };
    /** Creates the voices of another configuration as a trial. The caller must close them. */
    readonly audition: (tts: Config['tts']) => {
      readonly providers: readonly TtsProvider[];
      close(): Promise<void>;
    };
  };
  readonly slots: Slots;
}

export function registerVoiceRoutes(api: AdminApi, voices: VoiceControl): void {
  api.on(voiceRoutes.listVoices, ({ language }) => voices.list(language));
  api.on(voiceRoutes.listenToVoice, async ({ body, language, signal, reply }) => {
    const { type, bytes } = await voices.listen(body, language, signal);
    return reply.type(type).send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  });
}

/** The browser gets the audio as the voice made it, so this process decodes nothing. */
export function createVoiceControl({ live, clock, speech, slots }: VoicesContext): VoiceControl {
  let running = 0;
  return {
    list: () => listOf(live.current.tts, speech),
    async listen(request, language, signal) {
      if (running >= MAX_AT_ONCE) throw new ChorusError('capacity.busy', resourceWords.voiceTrials);
      running += 1;
      try {
        return await listen(request, language, signal);
      } finally {
        running -= 1;
      }
    },
  };

  async function listen(
    { provider, voice, text, language: tag }: ListenRequest,
    language: UiLanguage,
    signal: AbortSignal,
  ): Promise<Sound> {
    const { tts } = live.current;
    const chosen = provider ?? tts.provider;
    const current = chosen === tts.provider || chosen === 'auto';
    const audition = current ? undefined : speech.audition({ ...tts, provider: chosen });
    try {
      const providers = (audition?.providers ?? speech.voices.providers).filter(
        ({ id }) => chosen === 'auto' || id === chosen,
      );
      const sample = sampleFor(providers, tag, language, text);
      const name = voice ?? (provider === undefined || provider === tts.provider ? tts.voice : undefined);
      const asked = { ...sample, ...named(name), rate: tts.rate };
      return await first(
        voicesFor(providers, sample.language),
        (one) => withTimeout(clock, WITHIN_MS, signal, slow, (inner) => speak(one, asked, inner)),
        signal,
      );
    } finally {
      await audition?.close();
    }
  }

  async function speak(
    provider: TtsProvider,
    asked: Parameters<TtsProvider['synthesize']>[0],
    signal: AbortSignal,
  ): Promise<Sound> {
    const work = async (inner: AbortSignal): Promise<Sound> => asSound(await provider.synthesize(asked, inner));
    if (!provider.local) return work(signal);
    const predictedMs = provider.predictMs(asked.text);
    return slots.run(
      { kind: 'tts', deviceId: LISTENER, deadlineMs: clock.nowMs() + WITHIN_MS / 2, predictedMs },
      signal,
      work,
    );
  }
}

const slow = (): ChorusError => new ChorusError('tts.timeout', resourceWords.voiceSilent);

/** Uses the other language if only that has a voice and the request names no language. */
function sampleFor(
  providers: readonly TtsProvider[],
  tag: string | undefined,
  language: UiLanguage,
  text: string | undefined,
): { readonly language: string; readonly text: string } {
  const other = language === 'zh' ? 'en' : 'zh';
  const speaks = (one: UiLanguage): boolean => voicesFor(providers, TAG[one]).length > 0;
  const usual = speaks(language) || !speaks(other) ? language : other;
  const spoken = tag ?? TAG[usual];
  const sample = resourceWords.greeting[tag === undefined ? usual : uiLanguage(tag)];
  return { language: spoken, text: text === undefined ? sample : asSpoken(text, spoken) };
}

/** Prepares the text as for a reply: without markup, and with numbers and signs in words. */
const asSpoken = (text: string, language: string): string =>
  spokenForm(joinText(spokenChunks(text, language)), language);

const named = (voice: string | undefined): { voice?: string } => (voice === undefined || voice === '' ? {} : { voice });

/** If no voice works, throws the error of the first voice. */
async function first(
  providers: readonly TtsProvider[],
  work: (provider: TtsProvider) => Promise<Sound>,
  signal: AbortSignal,
): Promise<Sound> {
  let failure: ChorusError | undefined;
  for (const provider of providers) {
    try {
      return await work(provider);
    } catch (error) {
      signal.throwIfAborted();
      failure ??= asChorusError(error, 'tts.failed');
    }
  }
  throw failure ?? new ChorusError('tts.unavailable', resourceWords.voiceLanguage);
}

async function asSound({ format, chunks }: TtsAudio): Promise<Sound> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BYTES) throw new ChorusError('tts.failed', speechWords.endless);
    parts.push(chunk.slice());
  }
  if (bytes === 0) throw new ChorusError('tts.failed', ttsWords.noSound);
  if (format.kind === 'mp3') return { type: 'audio/mpeg', bytes: concatBytes(parts) };
  const whole = concatBytes(parts);
  return {
    type: 'audio/wav',
    bytes: format.kind === 'pcm' ? writeWav({ rateHz: format.rateHz, pcm: bytesToInt16(whole) }) : whole,
  };
}

type VoiceView = VoicesAnswer['providers'][number];

const AUTO: VoiceView = {
  id: 'auto',
  about: resourceWords.automatic,
  languages: ['*'],
  local: false,
  state: 'ready',
  voices: [],
  settings: [],
};

function listOf(tts: Config['tts'], speech: VoicesContext['speech']): VoicesAnswer {
  const voices = registry.voices.filter(({ model }) => model?.hidden !== true);
  return {
    current: { provider: tts.provider, voice: tts.voice },
    providers: [AUTO, ...voices.map((voice) => viewOf(voice, tts, speech))],
  };
}

function viewOf(voice: VoiceDescriptor, tts: Config['tts'], speech: VoicesContext['speech']): VoiceView {
  const { id, about, languages, local, voices = [] } = voice;
  const settings = [...FIELDS.values()].filter(
    ({ key, shape }) => shape.page === true && key.startsWith(`tts.${id}.`) && isChangeable(key),
  );
  return {
    id,
    about,
    languages: [...languages],
    local,
    state: stateOf(voice, tts, speech),
    voices: [...voices],
    settings: settings.map(({ key, about, secret }) => {
      const value = valueAt({ tts }, key);
      return { key, about, secret, ...(typeof value === 'string' && { value: secret ? '***' : value }) };
    }),
  };
}

function stateOf(
  voice: VoiceDescriptor,
  tts: Config['tts'],
  { models, voices }: VoicesContext['speech'],
): VoiceView['state'] {
  const { id, key, model } = voice;
  if (key?.required && valueAt({ tts }, keySettingOf(voice) ?? '') === undefined) return 'no_key';
  if (model && models.installed(model.id) === undefined) return 'missing';
  return voices.providers.find((provider) => provider.id === id)?.available?.() === false ? 'unreachable' : 'ready';
}
