import type { ReplyServices } from '../reply-services.js';
import { synthesizeSentence } from '../synthesis.js';

/** Deadline of the job that loads a voice. */
const TRIED_WITHIN_MS = 10_000;
const NO_DEVICE = 'warm-up';
const PHRASE_PAUSE_MS = 250;

/** Synthesises a phrase for the cache unless it is there already. A local voice is used only in an idle slot. */
export async function warmPhrase(
  services: ReplyServices,
  phrase: { readonly text: string; readonly language: string; readonly voice?: string | undefined },
  signal: AbortSignal,
): Promise<void> {
  const { cache, chain } = services;
  const key = { text: phrase.text, language: phrase.language, voice: phrase.voice };
  // Each phrase counts as a conversation of its own. If another voice must speak one phrase, the preferred voice may
  // therefore still speak the others.
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
 * Loads a local voice before a user's first sentence, by speaking the phrase once. A cloud voice has nothing to load.
 * Throws the errors of {@link synthesizeSentence}.
 */
export async function tryLocalVoice(
  services: ReplyServices,
  { text, language, voice }: { readonly text: string; readonly language: string; readonly voice?: string | undefined },
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
