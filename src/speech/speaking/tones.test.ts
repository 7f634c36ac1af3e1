import { describe, expect, it } from 'vitest';
import { LoudnessLeveler, SPEECH_TARGET_LUFS } from '../../audio/index.js';
import { lufs, LoudnessMeter } from '../../audio/loudness.js';
import { ALARM_TONE, HINT_TONE } from './speaking-port.js';
import { isTone, TONE_LOUDNESS, toneOf } from './tones.js';

async function samples(text: string): Promise<{ readonly rateHz: number; readonly pcm: Float32Array }> {
  const { format, chunks } = toneOf(text) ?? {};
  if (format?.kind !== 'pcm' || !chunks) throw new Error('not PCM');
  for await (const bytes of chunks) {
    const view = new DataView(bytes.buffer);
    const pcm = Float32Array.from({ length: bytes.length / 2 }, (_, i) => view.getInt16(2 * i, true) / 32_768);
    return { rateHz: format.rateHz, pcm };
  }
  throw new Error('no sound');
}

/** Loudness relative to speech, in dB. */
async function againstSpeech(text: string): Promise<number> {
  const { rateHz, pcm } = await samples(text);
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
  ])('%s is short, begins and ends in silence, and does not click', async (text, seconds, step) => {
    const { rateHz, pcm } = await samples(text);
    expect(pcm.length / rateHz).toBeCloseTo(seconds, 3);
    expect(Math.abs(pcm[0] ?? 1)).toBe(0);
    expect(Math.abs(pcm.at(-1) ?? 1)).toBeLessThan(0.001);
    const steps = pcm.slice(1).map((value, i) => Math.abs(value - (pcm[i] ?? 0)));
    expect(Math.max(...steps)).toBeLessThan(step);
  });

  it('include a hint that is more than 8 dB softer than speech, and is not raised to its level', async () => {
    const difference = await againstSpeech(HINT_TONE);
    expect(difference).toBeLessThan(-8);
    expect(difference).toBeGreaterThan(-20);
  });

  it('include the ring of an alarm that is as loud as speech', async () => {
    expect(Math.abs(await againstSpeech(ALARM_TONE))).toBeLessThan(2);
  });

  it('are not used for any other text', () => expect([isTone('♪ ♪'), toneOf('Yes?')]).toEqual([false, undefined]));
});
