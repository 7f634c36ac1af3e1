import { isDeepStrictEqual } from 'node:util';
import { ChorusError, type Clock, quoting, sleep, withTimeout } from '../../core/index.js';
import { providers } from '../registry.js';
import type { TtsSettings } from './create-voices.js';
import type { TtsProvider } from './tts-port.js';
import { ttsWords } from './words.js';

const REACH_WAIT_MS = 5000;
const REACH_LOOK_MS = 50;

/** Waits until no voice is out of reach, but at most 5 s. Errors: the signal's reason. */
export async function untilReached(voices: readonly TtsProvider[], clock: Clock, signal: AbortSignal): Promise<void> {
  const someLost = (): boolean => voices.some((voice) => voice.available?.() === false);
  for (let waitedMs = 0; waitedMs < REACH_WAIT_MS && someLost(); waitedMs += REACH_LOOK_MS)
    await sleep(clock, REACH_LOOK_MS, signal);
}

export function reachedBefore(next: readonly TtsProvider[], before: readonly TtsProvider[]): readonly TtsProvider[] {
  const reached = new Set(before.filter((voice) => voice.available?.() === true).map(({ id }) => id));
  return next.filter(({ id }) => reached.has(id));
}

type Tts = Parameters<typeof tryVoice>[1] & TtsSettings;

/**
 * Lets the chosen voice speak a word, if it is a service with a key and the choice or its settings are new. Errors:
 * `tts.*`.
 */
export async function tryChosen(
  voices: readonly TtsProvider[],
  { now, next }: { readonly now: Tts; readonly next: Tts },
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const chosen = voices.find(({ id }) => id === next.provider);
  const unchanged = now.provider === next.provider && isDeepStrictEqual(now[now.provider], next[next.provider]);
  if (chosen && !unchanged && providers.voice(chosen.id)?.key) await tryVoice(chosen, next, clock, signal);
}

async function tryVoice(
  voice: TtsProvider,
  { voice: name, timeout_ms: mostMs }: { readonly voice?: string | undefined; readonly timeout_ms: number },
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const slow = (): ChorusError => new ChorusError('tts.timeout', ttsWords.notBegun(mostMs));
  await withTimeout(clock, mostMs, signal, slow, async (inner) => {
    const stop = new AbortController();
    try {
      const { chunks } = await voice.synthesize(
        { text: 'Hello.', language: 'en-US', ...(name !== undefined && { voice: name }) },
        AbortSignal.any([inner, stop.signal]),
      );
      const { done } = await chunks[Symbol.asyncIterator]().next();
      if (done) throw new ChorusError('tts.failed', ttsWords.noSound);
    } catch (error) {
      throw quoting(error);
    } finally {
      stop.abort();
    }
  });
}
