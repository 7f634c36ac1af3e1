import { describe, expect, it } from 'vitest';
import { LoudnessLeveler, SPEECH_TARGET_LUFS } from '../../audio/index.js';
import { lufs, LoudnessMeter } from '../../audio/loudness.js';
import { ALARM_TONE, HINT_TONE } from './speaking-port.js';
import { TONE_LOUDNESS, toneOf } from './tones.js';

function samples(text: string): { readonly rateHz: number; readonly pcm: Float32Array } {
  const { format, bytes } = toneOf(text) ?? {};
  if (format?.kind !== 'pcm' || !bytes) throw new Error('not PCM');
  const view = new DataView(bytes.buffer);
  const pcm = Float32Array.from({ length: bytes.length / 2 }, (_, i) => view.getInt16(2 * i, true) / 32_768);
  return { rateHz: format.rateHz, pcm };
}

/** Loudness relative to speech, in dB. */
function againstSpeech(text: string): number {
  const { rateHz, pcm } = samples(text);
  const leveler = new LoudnessLeveler({ rateHz, targetLufs: SPEECH_TARGET_LUFS, known: TONE_LOUDNESS });
  const out = [...leveler.push(pcm), ...leveler.end()];
  const meter = new LoudnessMeter(rateHz);
  meter.push(Float32Array.from(out));
  const measured = meter.measured();
  if (!measured) throw new Error('silent');
  return lufs(measured) - SPEECH_TARGET_LUFS;
}

describe('the tones', () => {
  it.each([
    [HINT_TONE, 0.36, 0.02],
    [ALARM_TONE, 1.44, 0.12],
  ])('%s is short, begins and ends in silence, and does not click', (text, seconds, step) => {
    const { rateHz, pcm } = samples(text);
    expect(pcm.length / rateHz).toBeCloseTo(seconds, 3);
    expect(Math.abs(pcm[0] ?? 1)).toBe(0);
    expect(Math.abs(pcm.at(-1) ?? 1)).toBeLessThan(0.001);
    const steps = pcm.slice(1).map((value, i) => Math.abs(value - (pcm[i] ?? 0)));
    expect(Math.max(...steps)).toBeLessThan(step);
  });

  it('include a hint that is more than 8 dB softer than speech, and is not raised to its level', () => {
    const difference = againstSpeech(HINT_TONE);
    expect(difference).toBeLessThan(-8);
    expect(difference).toBeGreaterThan(-20);
  });

  it('include the ring of an alarm that is as loud as speech', () => {
    expect(Math.abs(againstSpeech(ALARM_TONE))).toBeLessThan(2);
  });

  it('are not used for any other text', () => expect(['♪ ♪', 'Yes?'].map(toneOf)).toEqual([undefined, undefined]));
});
