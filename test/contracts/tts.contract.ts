import { expect, it } from 'vitest';
import { ChorusError, systemClock } from '../../src/core/index.js';
import {
  bytesToInt16,
  concatBytes,
  floatToInt16,
  Mp3Decoder,
  parseWav,
  rmsDbfs,
  spokenUnits,
} from '../../src/audio/index.js';
import type { TtsAudio, TtsProvider, TtsRequest } from '../../src/providers/tts/tts-port.js';
import { ChunkIntake } from '../../src/speech/speaking/chunk-intake.js';

/** One adapter under the contract. */
export interface TtsSubject {
  readonly provider: TtsProvider;
  readonly request: TtsRequest;
  /** Connections or jobs under way; the contract waits for it to be zero. */
  readonly open: () => number;
  /** The next answer goes on for ever (or is as long as the adapter can make it). */
  readonly endless?: () => TtsRequest;
  /** The next answer is of more than {@link OVERLONG_BYTES}, as fast as it is read; those after it are speech again. */
  readonly overlong: () => TtsRequest;
}

/** More than the lane reads for one chunk of text. */
export const OVERLONG_BYTES = 17e6;

export async function collect(audio: TtsAudio): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of audio.chunks) chunks.push(chunk);
  return concatBytes(chunks);
}

/** Decodes what a provider sent, whatever its format. */
export async function decode(
  audio: TtsAudio,
  bytes: Uint8Array,
): Promise<{ readonly rateHz: number; readonly pcm: Int16Array }> {
  const { format } = audio;
  if (format.kind === 'pcm') return { rateHz: format.rateHz, pcm: bytesToInt16(bytes) };
  if (format.kind === 'wav') return parseWav(bytes);
  const decoder = await Mp3Decoder.create();
  try {
    const samples = decoder.push(bytes);
    decoder.end();
    return { rateHz: decoder.rateHz ?? 0, pcm: floatToInt16(samples) };
  } finally {
    decoder.close();
  }
}

export async function failureOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing failed');
}

export function codeOf(error: unknown): string {
  return error instanceof ChorusError ? error.code : `not a ChorusError: ${String(error)}`;
}

/** Polls in macrotasks, without a timer; the test's own time-out is the bound. */
export async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

const HOSTILE = [
  `a < b && c > d "e" 'f' ]]> <!-- <speak><break time="60s"/></speak> &amp; &#0; ok`,
  'null \u0000 bell \u0007 vertical \u000b escape \u001b lone \ud800 surrogates \udfff noncharacter \uffff end',
  "[[h@l'oU]] -o /etc/passwd -voice nobody %s%n \\x00 $(reboot) `id`",
  'emoji 😀 arabic مرحبا chinese 你好 combining a\u0301\u0302\u0303 wide ｗ',
  'x'.repeat(400),
];

/** What every text-to-speech adapter must do. Called inside a `describe`; `make` is called for each test. */
export function ttsContract(make: () => Promise<TtsSubject> | TtsSubject): void {
  it('speaks: audio of a plausible length and level', async () => {
    const { provider, request } = await make();
    const audio = await provider.synthesize(request, new AbortController().signal);
    const { rateHz, pcm } = await decode(audio, await collect(audio));
    const msPerUnit = ((pcm.length / rateHz) * 1000) / spokenUnits(request.text);
    expect(rateHz).toBeGreaterThanOrEqual(16_000);
    expect(msPerUnit).toBeGreaterThan(30);
    expect(msPerUnit).toBeLessThan(130);
    expect(rmsDbfs(pcm)).toBeGreaterThan(-40);
    expect(rmsDbfs(pcm)).toBeLessThan(-6);
    // Speech has loud and quiet parts; a tone or noise has not.
    const levels = Array.from({ length: Math.floor(pcm.length / 480) }, (_, i) =>
      rmsDbfs(pcm.subarray(i * 480, i * 480 + 480)),
    ).sort((a, b) => a - b);
    expect(levels[Math.floor(levels.length * 0.9)]! - levels[Math.floor(levels.length * 0.1)]!).toBeGreaterThan(12);
  });

  it('says nothing when there is nothing to say', async () => {
    const { provider, request, open } = await make();
    for (const text of ['', '   ', '...', '，。！', '😀']) {
      const audio = await provider.synthesize({ ...request, text }, new AbortController().signal);
      expect([text, (await collect(audio)).byteLength]).toEqual([text, 0]);
    }
    expect(open()).toBe(0);
  });

  it('takes any text', async () => {
    const { provider, request, open } = await make();
    for (const text of HOSTILE) {
      const audio = await provider.synthesize({ ...request, text }, new AbortController().signal);
      const { pcm } = await decode(audio, await collect(audio));
      expect([text, pcm.length > 1_000]).toEqual([text, true]);
    }
    await eventually(() => open() === 0);
  });

  it('falls back to its own voice when it does not know the one asked for', async () => {
    const { provider, request } = await make();
    const audio = await provider.synthesize({ ...request, voice: 'nobody' }, new AbortController().signal);
    expect((await collect(audio)).byteLength).toBeGreaterThan(1_000);
  });

  it('rejects with the reason of a signal that is aborted already', async () => {
    const { provider, request, open } = await make();
    const reason = new Error('barge-in');
    expect(await failureOf(() => provider.synthesize(request, AbortSignal.abort(reason)))).toBe(reason);
    expect(open()).toBe(0);
  });

  it('ends at once when it is aborted in mid-speech', async () => {
    const subject = await make();
    const controller = new AbortController();
    const audio = await subject.provider.synthesize(subject.endless?.() ?? subject.request, controller.signal);
    const reason = new Error('barge-in');
    let chunks = 0;
    const read = async (): Promise<void> => {
      for await (const chunk of audio.chunks) {
        chunks += chunk.byteLength > 0 ? 1 : 0;
        controller.abort(reason);
      }
    };
    // One that had everything in its first piece has nothing left to break off.
    const ended = await read().catch((error: unknown) => error);
    expect(chunks).toBeGreaterThan(0);
    expect(subject.endless ? ended : reason).toBe(reason);
    await eventually(() => subject.open() === 0);
  });

  it('ends when the reader leaves, and when nobody reads and it is aborted', async () => {
    const subject = await make();
    const first = await subject.provider.synthesize(
      subject.endless?.() ?? subject.request,
      new AbortController().signal,
    );
    for await (const chunk of first.chunks) if (chunk.byteLength > 0) break;
    await eventually(() => subject.open() === 0);
    const controller = new AbortController();
    await subject.provider.synthesize(subject.endless?.() ?? subject.request, controller.signal);
    controller.abort(new Error('never read'));
    await eventually(() => subject.open() === 0);
    expect(subject.open()).toBe(0);
  });

  it('is given up by who reads it when it does not come to an end, and speaks the next time', async () => {
    const subject = await make();
    const intake = new ChunkIntake({
      clock: systemClock,
      limits: { firstAudioMs: 10_000, stallMs: 10_000 },
      maxBytes: 64 * 1024,
    });
    const reading = intake.read(
      (signal) => subject.provider.synthesize(subject.overlong(), signal),
      () => undefined,
      new AbortController().signal,
    );
    const taking = (async () => {
      while (!(await intake.take(1024 * 1024)).last);
    })();
    const ends = await Promise.allSettled([reading, taking]);
    expect(ends.map((end) => (end.status === 'rejected' ? codeOf(end.reason) : end.status))).toEqual([
      'tts.failed',
      'tts.failed',
    ]);
    await eventually(() => subject.open() === 0);
    expect(
      (await collect(await subject.provider.synthesize(subject.request, new AbortController().signal))).byteLength,
    ).toBeGreaterThan(1_000);
  });

  it('speaks for many at once', async () => {
    const { provider, request, open } = await make();
    const lengths = await Promise.all(
      Array.from(
        { length: 10 },
        async () => (await collect(await provider.synthesize(request, new AbortController().signal))).byteLength,
      ),
    );
    // espeak varies its speech a little on purpose.
    expect(Math.max(...lengths)).toBeLessThan(1.1 * Math.min(...lengths));
    expect(Math.min(...lengths)).toBeGreaterThan(1_000);
    await eventually(() => open() === 0);
  });

  it('predicts a longer time for a longer text', async () => {
    const { provider } = await make();
    expect(provider.predictMs('Hello.')).toBeGreaterThan(0);
    expect(provider.predictMs('Hello there, how are you today?')).toBeGreaterThan(provider.predictMs('Hello.'));
  });
}
