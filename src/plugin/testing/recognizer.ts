import assert from 'node:assert/strict';
import { Cancelled } from '../../core/index.js';
import type { AsrProvider } from '../../providers/asr/asr-port.js';
import { live, type It } from './suite.js';

export interface AsrSubject {
  readonly provider: () => AsrProvider;
  /** Speech, 16 kHz mono. The recognised text must match `heard`. */
  readonly speech: () => Int16Array;
  readonly heard: RegExp;
  readonly language: string;
}

/** The contract of every recogniser. */
export function asrContract(it: It, { provider, speech, heard, language }: AsrSubject): void {
  const textOf = async (pcm: Int16Array): Promise<string> =>
    (await provider().transcribe({ pcm, language }, live())).text;

  it('states its id and languages', async () => {
    const { id, languages } = provider();
    assert.match(id, /^[a-z0-9][a-z0-9.:-]*$/);
    assert.ok(languages.length > 0);
    for (const tag of languages) assert.match(tag, /^(\*|[a-z]{2,3})$/);
    await Promise.resolve();
  });

  it('recognises speech, trims the text, and reports its time', async () => {
    const { text, runMs } = await provider().transcribe({ pcm: speech(), language }, live());
    assert.match(text, heard);
    assert.equal(text, text.trim());
    assert.ok(runMs > 0);
  });

  it('returns no text for audio of less than a syllable', async () => {
    for (const pcm of [new Int16Array(0), new Int16Array(1), speech().subarray(0, 1_599)])
      assert.equal(await textOf(pcm), '');
  });

  it('does not change the samples', async () => {
    const pcm = speech();
    const before = pcm.slice();
    await textOf(pcm);
    assert.deepEqual(pcm, before);
  });

  it('predicts a positive time that grows with the audio', async () => {
    await textOf(speech());
    const costs = [100, 1_000, 5_000, 15_000].map((audioMs) => provider().predictMs(audioMs));
    assert.ok(costs.every((cost, i) => Number.isFinite(cost) && cost > 0 && cost >= (costs[i - 1] ?? 0)));
  });

  it('rejects with the reason of a signal aborted before or during the call, and still works', async () => {
    const before = AbortSignal.abort(new Cancelled('before'));
    await assert.rejects(provider().transcribe({ pcm: speech(), language }, before), /cancelled: before/);
    const abort = new AbortController();
    const running = provider().transcribe({ pcm: speech(), language }, abort.signal);
    abort.abort(new Cancelled('meanwhile'));
    await assert.rejects(running, /cancelled: meanwhile/);
    assert.match(await textOf(speech()), heard);
  });

  it('recognises concurrent requests independently', async () => {
    const short = speech().subarray(0, 1_000);
    const answers = await Promise.all([speech(), short, speech(), short].map((pcm) => textOf(pcm)));
    assert.deepEqual(
      answers.map((text) => heard.test(text)),
      [true, false, true, false],
    );
  });
}
