import type { ReplyServices } from '../reply-services.js';
import { synthesizeSentence } from '../synthesis.js';

/** Time limit for loading a voice. No device waits for it, but the server is not ready before. */
const TRIED_WITHIN_MS = 10_000;
/** Device id for jobs that are not done for a device. */
const NO_DEVICE = 'warm-up';
const PHRASE_PAUSE_MS = 250;

/** Synthesises one phrase into the cache, unless it is already there. The job runs only in idle slots. */
export async function warmPhrase(
  services: ReplyServices,
  phrase: { readonly text: string; readonly language: string; readonly voice?: string },
  signal: AbortSignal,
): Promise<void> {
  const { cache, chain } = services;
  const key = { text: phrase.text, language: phrase.language, voice: phrase.voice };
  // Each phrase is a conversation of its own. If one phrase is spoken by another voice, the others may still use the
  // preferred voice.
  const request = { deviceId: `${NO_DEVICE} ${phrase.text}`, language: phrase.language, voice: phrase.voice };
  if (await cache.get(key, chain.order(request).slice(0, 1))) return;
  const packets: Uint8Array[] = [];
  const attempt = {
    run: async (
      provider: Parameters<typeof synthesizeSentence>[1],
      voice: string | undefined,
      inner: AbortSignal,
    ): Promise<void> => {
      packets.length = 0;
      const request = {
        deviceId: NO_DEVICE,
        text: phrase.text,
        language: phrase.language,
        voice,
        deadlineMs: undefined,
        trailingMs: PHRASE_PAUSE_MS,
      };
      for await (const made of synthesizeSentence(services, provider, request, inner)) packets.push(...made);
    },
    begun: () => false,
  };
  const provider = await chain.speak(request, attempt, signal);
  if (cache.recipe === services.recipe) cache.set(key, { packets, providerId: provider.id });
}

/**
 * Lets the preferred voice speak the phrase once, if the voice is local. It is then loaded before a user's first
 * sentence. A cloud voice has nothing to load. Errors: those of {@link synthesizeSentence}.
 */
export async function tryLocalVoice(
  services: ReplyServices,
  { text, language, voice }: { readonly text: string; readonly language: string; readonly voice?: string },
  signal: AbortSignal,
): Promise<void> {
  const { chain, clock } = services;
  const first = chain.first({ deviceId: NO_DEVICE, language, voice });
  if (!first?.local) return;
  const request = {
    deviceId: NO_DEVICE,
    text,
    language,
    voice: undefined,
    deadlineMs: clock.nowMs() + TRIED_WITHIN_MS,
    trailingMs: 0,
  };
  const made = synthesizeSentence(services, first, request, signal);
  while (!(await made.next()).done);
}
