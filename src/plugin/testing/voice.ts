import assert from 'node:assert/strict';
import {
  bytesToInt16,
  concatBytes,
  floatToInt16,
  Mp3Decoder,
  parseWav,
  rmsDbfs,
  spokenUnits,
} from '../../audio/index.js';
import { systemClock } from '../../core/index.js';
import type { TtsAudio, TtsProvider, TtsRequest } from '../../providers/tts/tts-port.js';
import { ChunkIntake } from '../../speech/speaking/chunk-intake.js';
import { between, codeOf, eventually, failureOf, live, type It } from './suite.js';

/** The voice under test. */
export interface TtsSubject {
  readonly provider: TtsProvider;
  readonly request: TtsRequest;
  /** Number of open connections or running jobs. The contract waits until the number is zero. */
  readonly open: () => number;
  /** Makes the next answer endless, or as long as possible. */
  readonly endless?: () => TtsRequest;
  /**
   * Makes the next answer longer than {@link OVERLONG_BYTES}, and sends it as fast as it is read. Later answers are
   * ordinary speech again.
   */
  readonly overlong: () => TtsRequest;
}

/** More bytes than the server reads for one text chunk. */
export const OVERLONG_BYTES = 17e6;

export async function collect(audio: TtsAudio): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of audio.chunks) chunks.push(chunk);
  return concatBytes(chunks);
}

/** Decodes a provider's audio from any of its formats. */
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

const HOSTILE = [
  `a < b && c > d "e" 'f' ]]> <!-- <speak><break time="60s"/></speak> &amp; &#0; ok`,
  'null \u0000 bell \u0007 vertical \u000b escape \u001b lone \ud800 surrogates \udfff noncharacter \uffff end',
  "[[h@l'oU]] -o /etc/passwd -voice nobody %s%n \\x00 $(reboot) `id`",
  'emoji 😀 arabic مرحبا chinese 你好 combining a\u0301\u0302\u0303 wide ｗ',
  'x'.repeat(400),
];

/** The contract of every voice. `make` is called for each test. */
export function ttsContract(it: It, make: () => Promise<TtsSubject> | TtsSubject): void {
  speaks(it, make);
  ends(it, make);
  isBounded(it, make);
}

const bytesOf = async ({ provider, request }: TtsSubject): Promise<number> =>
  (await collect(await provider.synthesize(request, live()))).byteLength;

function speaks(it: It, make: () => Promise<TtsSubject> | TtsSubject): void {
  it('returns speech of a plausible length and level', async () => {
    const { provider, request } = await make();
    const audio = await provider.synthesize(request, live());
    const { rateHz, pcm } = await decode(audio, await collect(audio));
    assert.ok(rateHz >= 16_000, `${rateHz} Hz is too low`);
    between(((pcm.length / rateHz) * 1000) / spokenUnits(request.text), 30, 130, 'ms a letter');
    between(rmsDbfs(pcm), -40, -6, 'the level in dBFS');
    // Speech has loud and quiet parts. A tone or noise does not.
    const levels = Array.from({ length: Math.floor(pcm.length / 480) }, (_, i) =>
      rmsDbfs(pcm.subarray(i * 480, i * 480 + 480)),
    ).sort((a, b) => a - b);
    const at = (share: number): number => levels[Math.floor(levels.length * share)] ?? 0;
    assert.ok(at(0.9) - at(0.1) > 12, 'it has no loud and quiet parts');
  });

  it('returns no audio if there is nothing to speak', async () => {
    const { provider, request, open } = await make();
    for (const text of ['', '   ', '...', '，。！', '😀']) {
      const audio = await provider.synthesize({ ...request, text }, live());
      assert.deepEqual([text, (await collect(audio)).byteLength], [text, 0]);
    }
    assert.equal(open(), 0);
  });

  it('accepts any text', async () => {
    const { provider, request, open } = await make();
    for (const text of HOSTILE) {
      const audio = await provider.synthesize({ ...request, text }, live());
      const { pcm } = await decode(audio, await collect(audio));
      assert.deepEqual([text, pcm.length > 1_000], [text, true]);
    }
    await eventually(() => open() === 0);
  });

  it('uses its default voice if the requested one is unknown', async () => {
    const subject = await make();
    assert.ok((await bytesOf({ ...subject, request: { ...subject.request, voice: 'nobody' } })) > 1_000);
  });

  it('speaks many sentences at once', async () => {
    const subject = await make();
    const lengths = await Promise.all(Array.from({ length: 10 }, () => bytesOf(subject)));
    // A voice may vary its speech slightly on purpose.
    assert.ok(Math.max(...lengths) < 1.1 * Math.min(...lengths), `lengths differ: ${lengths.join(' ')}`);
    assert.ok(Math.min(...lengths) > 1_000);
    await eventually(() => subject.open() === 0);
  });

  it('predicts a longer time for a longer text', async () => {
    const { provider } = await make();
    assert.ok(provider.predictMs('Hello.') > 0);
    assert.ok(provider.predictMs('Hello there, how are you today?') > provider.predictMs('Hello.'));
  });
}

function ends(it: It, make: () => Promise<TtsSubject> | TtsSubject): void {
  it('rejects with the reason of a signal that is already aborted', async () => {
    const { provider, request, open } = await make();
    const reason = new Error('barge-in');
    assert.equal(await failureOf(() => provider.synthesize(request, AbortSignal.abort(reason))), reason);
    assert.equal(open(), 0);
  });

  it('ends at once when aborted during the speech', async () => {
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
    // A voice that sent all its audio in the first chunk has nothing left to abort.
    const ended = await read().catch((error: unknown) => error);
    assert.ok(chunks > 0);
    assert.equal(subject.endless ? ended : reason, reason);
    await eventually(() => subject.open() === 0);
  });

  it('ends when the reader leaves, or when aborted without a reader', async () => {
    const subject = await make();
    const first = await subject.provider.synthesize(subject.endless?.() ?? subject.request, live());
    for await (const chunk of first.chunks) if (chunk.byteLength > 0) break;
    await eventually(() => subject.open() === 0);
    const controller = new AbortController();
    await subject.provider.synthesize(subject.endless?.() ?? subject.request, controller.signal);
    controller.abort(new Error('never read'));
    await eventually(() => subject.open() === 0);
    assert.equal(subject.open(), 0);
  });
}

function isBounded(it: It, make: () => Promise<TtsSubject> | TtsSubject): void {
  it('is stopped by its reader if it never ends, and speaks the next time', async () => {
    const subject = await make();
    const intake = new ChunkIntake({
      clock: systemClock,
      limits: { firstAudioMs: 10_000, stallMs: 10_000 },
      maxBytes: 64 * 1024,
    });
    const reading = intake.read(
      (signal) => subject.provider.synthesize(subject.overlong(), signal),
      () => undefined,
      live(),
    );
    const consuming = (async () => {
      while (!(await intake.take(1024 * 1024)).last);
    })();
    const outcomes = await Promise.allSettled([reading, consuming]);
    assert.deepEqual(
      outcomes.map((end) => (end.status === 'rejected' ? codeOf(end.reason) : end.status)),
      ['tts.failed', 'tts.failed'],
    );
    await eventually(() => subject.open() === 0);
    const again = await subject.provider.synthesize(subject.request, live());
    assert.ok((await collect(again)).byteLength > 1_000);
  });
}
