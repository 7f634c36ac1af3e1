import { describe, expect, it } from 'vitest';
import { seededRandom, uniform } from '../../core/index.js';
import { SAID } from '../../../test/e2e/transcripts.js';
import { opusDurationMs } from '../../device/protocol/index.js';
import { loadSpeech, utteranceNear } from './speech.js';

const speech = await loadSpeech();

describe('the speech of the fleet', () => {
  it('is two to six seconds long, in many lengths, and longer for long talkers', () => {
    const lengths = speech.utterances.map(({ speechMs }) => speechMs);
    expect(lengths.length).toBeGreaterThanOrEqual(20);
    expect(Math.min(...lengths)).toBeGreaterThan(1800);
    expect(Math.max(...lengths)).toBeLessThan(6400);
    const steps = lengths.slice(1).map((length, at) => length - (lengths[at] ?? 0));
    expect(Math.max(...steps)).toBeLessThan(1000);
    for (const { speechMs } of speech.long) expect(speechMs).toBeGreaterThan(11_000);
  });

  it('has only words of its clips, in the order of the clips', () => {
    const said = Object.values(SAID);
    for (const { name, text } of [...speech.utterances, ...speech.long]) {
      const rest = name.split('+').length === 1 ? [text] : undefined;
      if (rest)
        expect(
          said.some((whole) => whole.endsWith(text)),
          name,
        ).toBe(true);
      const words = text.split(' ');
      expect(words.every((word) => said.some((whole) => whole.split(' ').includes(word)))).toBe(true);
    }
  });

  it('has the planned lengths on average, with varying words', () => {
    const random = seededRandom(1);
    const chosen = Array.from({ length: 2000 }, () =>
      utteranceNear(speech.utterances, uniform(random, 2000, 6000), random),
    );
    const mean = chosen.reduce((sum, { speechMs }) => sum + speechMs, 0) / chosen.length;
    expect(Math.abs(mean - 4000)).toBeLessThan(200);
    expect(new Set(chosen).size).toBeGreaterThan(20);
  });

  it('is encoded as by the firmware, and its end of speech is the last word and not the end of the recording', () => {
    for (const { clip } of speech.utterances) {
      expect(new Set(clip.packets.map(opusDurationMs))).toEqual(new Set([60]));
      expect(clip.speechEndMs).toBeLessThan(clip.durationMs);
      expect(clip.speechEndMs).toBeGreaterThan(clip.durationMs - 500);
    }
  });

  it('can have room noise, so that the microphone is never silent', async () => {
    const noisy = await loadSpeech({ noiseDbfs: -45, atMost: 2 });
    const bytes = (packets: readonly Uint8Array[]): number =>
      packets.reduce((sum, { byteLength }) => sum + byteLength, 0) / packets.length;
    expect(bytes(speech.room.tail)).toBeLessThan(10);
    expect(bytes(noisy.room.tail)).toBeGreaterThan(30);
    const [first] = noisy.utterances;
    const same = speech.utterances.find(({ name }) => name === first?.name);
    expect(first?.clip.speechEndMs).toBe(same?.clip.speechEndMs);
  });
});
