import { expect, it } from 'vitest';
import { Cancelled } from '../../src/core/index.js';
import type { AsrProvider } from '../../src/providers/asr/index.js';

export interface AsrContractSubject {
  readonly provider: () => AsrProvider;
  /** 16 kHz mono, and words that any recogniser of it must find. */
  readonly speech: () => Int16Array;
  readonly heard: RegExp;
  readonly language: string;
}

const never = new AbortController().signal;

/** What every recogniser must do; adapters add their own tests. */
export function asrContract({ provider, speech, heard, language }: AsrContractSubject): void {
  it('says who it is and what it speaks', () => {
    const { id, languages } = provider();
    expect(id).toMatch(/^[a-z0-9][a-z0-9.:-]*$/);
    expect(languages.length).toBeGreaterThan(0);
    for (const tag of languages) expect(tag).toMatch(/^(\*|[a-z]{2,3})$/);
  });

  it('hears speech, trimmed, and tells how long it took', async () => {
    const { text, runMs } = await provider().transcribe({ pcm: speech(), language }, never);
    expect(text).toMatch(heard);
    expect(text).toBe(text.trim());
    expect(runMs).toBeGreaterThan(0);
  });

  it('understands nothing in less than a syllable, whatever it contains', async () => {
    for (const pcm of [new Int16Array(0), new Int16Array(1), speech().subarray(0, 1_599)]) {
      expect((await provider().transcribe({ pcm, language }, never)).text).toBe('');
    }
  });

  it('leaves the samples as they were', async () => {
    const pcm = speech();
    const before = pcm.slice();
    await provider().transcribe({ pcm, language }, never);
    expect(pcm).toEqual(before);
  });

  it('predicts a cost that is positive and grows with the audio', async () => {
    await provider().transcribe({ pcm: speech(), language }, never);
    const costs = [100, 1_000, 5_000, 15_000].map((audioMs) => provider().predictMs(audioMs));
    expect(costs[0]).toBeGreaterThan(0);
    for (let i = 1; i < costs.length; i++) expect(costs[i]!).toBeGreaterThanOrEqual(costs[i - 1]!);
    expect(costs.every(Number.isFinite)).toBe(true);
  });

  it('rejects with the reason of a signal that was aborted before, or is meanwhile, and goes on', async () => {
    const before = AbortSignal.abort(new Cancelled('before'));
    await expect(provider().transcribe({ pcm: speech(), language }, before)).rejects.toThrow('cancelled: before');
    const abort = new AbortController();
    const running = provider().transcribe({ pcm: speech(), language }, abort.signal);
    abort.abort(new Cancelled('meanwhile'));
    await expect(running).rejects.toThrow('cancelled: meanwhile');
    expect((await provider().transcribe({ pcm: speech(), language }, never)).text).toMatch(heard);
  });

  it('hears several at once without mixing them up', async () => {
    const short = speech().subarray(0, 1_000);
    const answers = await Promise.all(
      [speech(), short, speech(), short].map((pcm) => provider().transcribe({ pcm, language }, never)),
    );
    expect(answers.map(({ text }) => heard.test(text))).toEqual([true, false, true, false]);
  });
}
