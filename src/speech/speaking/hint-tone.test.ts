import { describe, expect, it } from 'vitest';
import { LoudnessLeveler, SPEECH_TARGET_LUFS } from '../../audio/index.js';
import { lufs, LoudnessMeter } from '../../audio/loudness.js';
import { HINT_TONE_LOUDNESS, hintTone } from './hint-tone.js';

async function samples(): Promise<{ readonly rateHz: number; readonly pcm: Float32Array }> {
  const { format, chunks } = hintTone();
  if (format.kind !== 'pcm') throw new Error('not PCM');
  for await (const bytes of chunks) {
    const view = new DataView(bytes.buffer);
    const pcm = Float32Array.from({ length: bytes.length / 2 }, (_, i) => view.getInt16(2 * i, true) / 32_768);
    return { rateHz: format.rateHz, pcm };
  }
  throw new Error('no sound');
}

describe('the hint tone', () => {
  it('is short, and begins and ends in silence', async () => {
    const { rateHz, pcm } = await samples();
    expect(pcm.length / rateHz).toBeCloseTo(0.36, 3);
    expect(Math.abs(pcm[0] ?? 1)).toBe(0);
    expect(Math.abs(pcm.at(-1) ?? 1)).toBeLessThan(0.001);
    const steps = pcm.slice(1).map((value, i) => Math.abs(value - (pcm[i] ?? 0)));
    expect(Math.max(...steps)).toBeLessThan(0.02);
  });

  it('is more than 8 dB softer than speech, and is not raised to its level', async () => {
    const { rateHz, pcm } = await samples();
    const leveler = new LoudnessLeveler({ rateHz, targetLufs: SPEECH_TARGET_LUFS, known: HINT_TONE_LOUDNESS });
    const out = [...leveler.push(pcm), ...leveler.end()];
    const meter = new LoudnessMeter(rateHz);
    meter.push(Float32Array.from(out));
    const measured = meter.measured();
    expect(measured).toBeDefined();
    if (measured) expect(lufs(measured)).toBeLessThan(SPEECH_TARGET_LUFS - 8);
    if (measured) expect(lufs(measured)).toBeGreaterThan(SPEECH_TARGET_LUFS - 20);
  });
});
