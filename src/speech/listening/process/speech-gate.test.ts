import { describe, expect, it } from 'vitest';
import { SpeechGate } from './speech-gate.js';

const WINDOW = 512;

function gate(): { feed: (probabilities: readonly number[]) => boolean[]; gate: SpeechGate } {
  const subject = new SpeechGate({
    threshold: 0.5,
    negThreshold: 0.35,
    minSpeechSamples: 4 * WINDOW,
    minResumeSamples: 2 * WINDOW,
  });
  let at = 0;
  const feed = (probabilities: readonly number[]) =>
    probabilities.map((probability) => {
      at += WINDOW;
      return subject.feed(probability, at - WINDOW, WINDOW);
    });
  return { feed, gate: subject };
}

describe('speech gate', () => {
  it('confirms speech after the minimum duration and dates it from its first window', () => {
    const { feed, gate: subject } = gate();
    expect(feed([0, 0, 0.6, 0.4, 0.6, 0.9, 0.9])).toEqual([false, false, false, false, false, true, false]);
    expect(subject).toMatchObject({ speaking: true, onsetSample: 2 * WINDOW });
  });

  it('does not begin between the thresholds, or at a click', () => {
    const { feed, gate: subject } = gate();
    expect(feed([0.49, 0.49, 0.49, 0.49, 0.49, 0.9, 0.9, 0.9, 0, 0, 0, 0.9, 0.9, 0.9, 0, 0, 0]).some(Boolean)).toBe(
      false,
    );
    expect(subject).toMatchObject({ speaking: false, undecided: false });
  });

  it("ends speech where the level drops, even if the detector's probability still fades", () => {
    const { feed, gate: subject } = gate();
    feed([0.9, 0.9, 0.9, 0.9, 0.9, 0.9]);
    expect(subject.feed(0.9, 6 * WINDOW, WINDOW, 3 * WINDOW)).toBe(false);
    expect(subject).toMatchObject({ speaking: false, silentSinceSample: 3 * WINDOW });
    subject.feed(0.9, 7 * WINDOW, WINDOW);
    expect(subject.feed(0.9, 8 * WINDOW, WINDOW)).toBe(true);
  });

  it('bridges two quiet windows in an onset', () => {
    const { feed, gate: subject } = gate();
    expect(feed([0.9, 0.9, 0, 0, 0.9, 0.9]).at(-1)).toBe(true);
    expect(subject.onsetSample).toBe(0);
  });

  it('begins a pause where the probability began to fade, and ends it after a shorter minimum of speech', () => {
    const { feed, gate: subject } = gate();
    feed([0.9, 0.9, 0.9, 0.9, 0.4, 0.9, 0.4]);
    expect(subject.speaking).toBe(true);
    feed([0.3]);
    expect(subject).toMatchObject({ speaking: false, silentSinceSample: 6 * WINDOW });
    feed([0.4, 0.9]);
    expect(subject.undecided).toBe(true);
    expect(feed([0.9])).toEqual([true]);
    expect(subject).toMatchObject({ speaking: true, onsetSample: 9 * WINDOW });
  });

  it('continues a pause after a click, but does not count the click as silence', () => {
    const { feed, gate: subject } = gate();
    feed([0.9, 0.9, 0.9, 0.9, 0, 0, 0.9, 0, 0, 0]);
    expect(subject).toMatchObject({ speaking: false, undecided: false, silentSinceSample: 5 * WINDOW });
  });
});
