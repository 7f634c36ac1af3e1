import { SILERO_WINDOW_SAMPLES } from '../../src/providers/vad/silero.js';
import type { TestUtterance } from './utterance-set.js';
import { withKnownWords } from './known-words.js';
import { VirtualDevice, type VirtualSetup } from './virtual-device.js';

export interface Outcome {
  /** True if the turn ended before its second part began. */
  readonly cutOff: boolean;
  /** True if the turn was cut off, but both parts became one question with one answer. */
  readonly repaired: boolean;
  /** Time from the end of speech to the decision. Undefined if the turn was cut off. */
  readonly waitMs: number | undefined;
  /**
   * Time from the end of speech to the last request to the model. Undefined if the turn was cut off or the model was
   * not asked.
   */
  readonly askedMs: number | undefined;
}

/** Time until the detector notices that speech continues. A turn that ends earlier is cut off. */
const ONSET_MS = 100;

/**
 * Plays an utterance to the server's own rules in virtual time. `probabilities` has the speech probability of each
 * window.
 */
export async function listenTo(
  utterance: TestUtterance,
  probabilities: readonly number[],
  setup: VirtualSetup,
): Promise<Outcome> {
  const { pcm, pause, speechEndMs } = utterance;
  const device = new VirtualDevice(utterance.language === 'en-US' ? setup : { ...setup, ...withKnownWords(utterance) });
  for (const [window, probability] of probabilities.entries()) {
    // The run ends while the answer plays, because the rest of the answer does not change the outcome.
    if (
      device.nowMs > speechEndMs &&
      device.speaker.soundings.length > 0 &&
      device.answering &&
      !device.listening?.speaking
    )
      break;
    const from = window * SILERO_WINDOW_SAMPLES;
    await device.hear(pcm.slice(from, from + SILERO_WINDOW_SAMPLES), probability);
  }
  const { askedMs, decidedMs, nowMs, questionsMs } = device;
  const onsetMs = pause === undefined ? 0 : pause.startMs + pause.lengthMs + ONSET_MS;
  const cutOff = pause !== undefined && (decidedMs[0] ?? nowMs) < onsetMs;
  const lastAskedMs = askedMs.at(-1);
  return {
    cutOff,
    repaired: cutOff && questionsMs.length === 1 && (questionsMs[0] ?? 0) > speechEndMs,
    waitMs: cutOff ? undefined : (decidedMs[0] ?? nowMs) - speechEndMs,
    askedMs: cutOff || lastAskedMs === undefined ? undefined : lastAskedMs - speechEndMs,
  };
}
