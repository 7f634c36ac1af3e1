import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clip } from '../../../../test/fixtures/speech.js';
import { loudnessOf } from '../../../../test/fakes/sound.js';
import { noMetrics, Scope, silentLogger, systemClock } from '../../../core/index.js';
import { concatInt16, int16ToBytes, int16ToFloat, OpusDecoder } from '../../../audio/index.js';
import { createSpeechEncoder } from '../index.js';
import type { SpeechSource, SpeechEncoder } from './speech-encoder.js';

const FORMAT = { kind: 'pcm', rateHz: 16_000 } as const;
const speech = int16ToBytes(clip('austen-0870'));
const never = new AbortController().signal;

function source(
  bytes: Uint8Array,
  before: (piece: number) => void | Promise<void> = () => undefined,
): SpeechSource & { readonly taken: () => number } {
  let at = 0;
  let piece = 0;
  return {
    taken: () => at,
    take: async (maxBytes) => {
      await before(piece++);
      const part = bytes.subarray(at, at + maxBytes);
      at += part.length;
      return { bytes: part, last: at === bytes.length };
    },
  };
}

function hex(packets: readonly Uint8Array[]): string[] {
  return packets.map((packet) => Buffer.from(packet).toString('hex'));
}

describe('the speaking process', () => {
  const failures: unknown[] = [];
  let scope: Scope;
  let encoder: SpeechEncoder;
  let complexity = 5;

  beforeAll(async () => {
    scope = new Scope('test', (name, error) => failures.push([name, error]));
    encoder = createSpeechEncoder({
      clock: systemClock,
      log: silentLogger,
      metrics: noMetrics,
      scope,
      niceness: 10,
      startTimeoutMs: 20_000,
      get opus() {
        return { complexity, bitrate: 32_000 };
      },
    });
    await encoder.start();
  });

  afterAll(() => scope.close());

  let voices = 0;
  async function encode(from: SpeechSource, voiceKey = `voice ${voices++}`, signal = never): Promise<Uint8Array[]> {
    const packets: Uint8Array[] = [];
    for await (const batch of encoder.encode({ format: FORMAT, voiceKey, trailingMs: 250 }, from, signal))
      packets.push(...batch);
    return packets;
  }

  it('encodes many sentences at once, each correctly', async () => {
    const names = ['austen-0870', 'austen-0880', 'austen-0890'] as const;
    const alone: string[][] = [];
    for (const name of names) alone.push(hex(await encode(source(int16ToBytes(clip(name))))));
    const together = await Promise.all(
      [...names, ...names].map(async (name) => hex(await encode(source(int16ToBytes(clip(name)))))),
    );
    expect(together).toEqual([...alone, ...alone]);
  });

  it('encodes each sentence with the settings at its beginning', async () => {
    const spoken = async (during: number): Promise<string[]> =>
      hex(await encode(source(speech, () => void (complexity = during))));
    const thorough = await spoken(5);
    // The setting changes during the first sentence, so it applies from the second one on.
    expect(await spoken(1)).toEqual(thorough);
    const quick = await spoken(1);
    expect(quick).toHaveLength(thorough.length);
    expect(quick).not.toEqual(thorough);
    expect(await spoken(5)).toEqual(quick);
    expect(await spoken(5)).toEqual(thorough);
  });

  it('remembers the loudness of a voice', async () => {
    const decoder = new OpusDecoder(24_000);
    const quiet = int16ToBytes(clip('austen-0920').map((sample) => sample / 6));
    await encode(source(quiet), 'quiet');
    const packets: Uint8Array[] = [];
    const from = source(quiet);
    let takenAtFirst = 0;
    for await (const batch of encoder.encode({ format: FORMAT, voiceKey: 'quiet', trailingMs: 250 }, from, never)) {
      packets.push(...batch);
      takenAtFirst ||= from.taken();
    }
    // The loudness is known, so the first packets need not wait for a measurement.
    expect(takenAtFirst).toBeLessThan(quiet.length / 4);
    const pcm = concatInt16(
      packets.map((packet) => {
        const decoded = decoder.decode(packet);
        return decoded.ok ? decoded.pcm : new Int16Array(0);
      }),
    );
    expect(Math.abs(loudnessOf(int16ToFloat(pcm), 24_000) + 18)).toBeLessThan(2);
  });

  it('reads the source only when packets are requested', async () => {
    const from = source(speech);
    const stream = encoder.encode({ format: FORMAT, voiceKey: 'slow', trailingMs: 250 }, from, never);
    const first = await stream.next();
    expect(first.done).toBe(false);
    const taken = from.taken();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(from.taken()).toBe(taken);
    await stream.return();
  });

  it('rejects at once when aborted, even while the source is silent', async () => {
    const controller = new AbortController();
    const reason = new Error('barge-in');
    const hanging = encode(
      source(speech, (piece) => {
        if (piece === 2) controller.abort(reason);
      }),
      'aborted',
      controller.signal,
    );
    await expect(hanging).rejects.toBe(reason);
  });

  it('refuses data that is not in the announced format, and continues', async () => {
    const html = source(new TextEncoder().encode('<html>'.repeat(3000)));
    await expect(
      (async () => {
        for await (const batch of encoder.encode(
          { format: { kind: 'mp3' }, voiceKey: 'html', trailingMs: 0 },
          html,
          never,
        ))
          expect(batch).toEqual([]);
      })(),
    ).rejects.toMatchObject({ code: 'audio.undecodable' });
    expect(encoder.status()).toMatchObject({ state: 'ready', restarts: 0 });
  });

  it('has no sentence left in memory', () => {
    expect(failures).toEqual([]);
    expect(scope.tree()).toMatchObject({ tasks: [] });
  });

  it('runs the voice flite', async () => {
    const { rateHz, pcm } = await encoder.synthesize(
      'flite',
      { text: 'Hello.', language: 'en-US' },
      { predictedMs: 100, signal: never },
    );
    expect(rateHz).toBe(16_000);
    expect(pcm.length).toBeGreaterThan(4000);
  });
});

async function withEncoder(
  test: (encoder: SpeechEncoder, encode: (from: SpeechSource) => Promise<Uint8Array[]>) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  const scope = new Scope('test', (name, error) => failures.push([name, error]));
  const encoder = createSpeechEncoder({
    clock: systemClock,
    log: silentLogger,
    metrics: noMetrics,
    scope,
    niceness: 10,
    startTimeoutMs: 20_000,
    opus: { complexity: 5, bitrate: 32_000 },
  });
  try {
    await encoder.start();
    await test(encoder, async (from) => {
      const packets: Uint8Array[] = [];
      for await (const batch of encoder.encode(
        { format: FORMAT, voiceKey: `voice ${packets.length}`, trailingMs: 250 },
        from,
        never,
      ))
        packets.push(...batch);
      return packets;
    });
  } finally {
    await scope.close();
  }
  expect(failures).toEqual([]);
}

const signalAt = (encoder: SpeechEncoder, atPiece: number | undefined, signal: NodeJS.Signals) => (piece: number) => {
  const { pid } = encoder.status();
  if ((atPiece === undefined || piece === atPiece) && pid !== undefined) process.kill(pid, signal);
};

describe('when the speaking process dies', () => {
  const short = int16ToBytes(clip('austen-0880'));

  it.each([
    ['is killed before the first packet', 0, 'SIGKILL'],
    ['is killed while it works', 1, 'SIGKILL'],
    ['is killed at the last piece', 2, 'SIGKILL'],
    ['hangs', 1, 'SIGSTOP'],
  ] as const)(
    'a sentence during which it %s has the same packets',
    async (_how, atPiece, signal) => {
      await withEncoder(async (encoder, encode) => {
        const packets = await encode(source(short, signalAt(encoder, atPiece, signal)));
        expect(encoder.status()).toMatchObject({ state: 'ready', restarts: 1 });
        const pieces = source(short);
        const expected: Uint8Array[] = [];
        for await (const batch of encoder.encode(
          { format: FORMAT, voiceKey: 'unknown', trailingMs: 250 },
          pieces,
          never,
        ))
          expected.push(...batch);
        expect(hex(packets)).toEqual(hex(expected));
      });
    },
    20_000,
  );

  it('a sentence fails, instead of hanging, if the process dies twice in it', async () => {
    await withEncoder(async (encoder, encode) => {
      await expect(encode(source(speech, signalAt(encoder, undefined, 'SIGKILL')))).rejects.toMatchObject({
        code: 'engine.crashed',
      });
    });
  });

  it('the next process synthesises the phrase if the voice flite crashed the first one', async () => {
    await withEncoder(async (encoder) => {
      const speaking = encoder.synthesize(
        'flite',
        { text: 'This is a sentence that takes a while to be synthesised.', language: 'en-US' },
        { predictedMs: 100, signal: never },
      );
      signalAt(encoder, undefined, 'SIGKILL')(0);
      expect((await speaking).pcm.length).toBeGreaterThan(16_000);
      expect(encoder.status().restarts).toBe(1);
    });
  });
});
