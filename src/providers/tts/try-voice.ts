import { ChorusError, type Clock, sleep, withTimeout } from '../../core/index.js';
import type { TtsProvider } from './tts-port.js';

/** Longest wait for a cloud voice that finds out whether it can be reached. */
const REACH_WAIT_MS = 5000;
const REACH_LOOK_MS = 50;

/** Resolves when all of them can be reached, or after 5 s. Errors: the signal's reason. */
export async function untilReached(voices: readonly TtsProvider[], clock: Clock, signal: AbortSignal): Promise<void> {
  const someLost = (): boolean => voices.some((voice) => voice.available?.() === false);
  for (let waitedMs = 0; waitedMs < REACH_WAIT_MS && someLost(); waitedMs += REACH_LOOK_MS)
    await sleep(clock, REACH_LOOK_MS, signal);
}

/** Has a voice say one word, up to its first sound. Errors: `tts.*`. */
export async function tryVoice(
  voice: TtsProvider,
  { voice: name, timeout_ms: mostMs }: { readonly voice?: string | undefined; readonly timeout_ms: number },
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const slow = (): ChorusError => new ChorusError('tts.timeout', `the voice has not begun within ${mostMs} ms`);
  await withTimeout(clock, mostMs, signal, slow, async (inner) => {
    const stop = new AbortController();
    try {
      const { chunks } = await voice.synthesize(
        { text: 'Hello.', language: 'en-US', ...(name !== undefined && { voice: name }) },
        AbortSignal.any([inner, stop.signal]),
      );
      const { done } = await chunks[Symbol.asyncIterator]().next();
      if (done) throw new ChorusError('tts.failed', 'the voice made no sound');
    } finally {
      stop.abort();
    }
  });
}
