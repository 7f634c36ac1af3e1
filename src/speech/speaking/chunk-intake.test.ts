import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { sleep } from '../../core/index.js';
import { ChunkIntake, type TakeWait } from './chunk-intake.js';

function streaming(): { clock: FakeClock; intake: ChunkIntake; reading: Promise<void> } {
  const clock = new FakeClock();
  const intake = new ChunkIntake({ clock, limits: { firstAudioMs: 1000, stallMs: 1000 }, maxBytes: 10_000 });
  const { signal } = new AbortController();
  const chunks = (async function* () {
    for (let n = 0; n < 10; n++) {
      await sleep(clock, 50, signal);
      yield new Uint8Array(100).fill(n);
    }
  })();
  const reading = intake.read(
    async () => ({ format: { kind: 'mp3' }, chunks }),
    () => undefined,
    signal,
  );
  return { clock, intake, reading };
}

async function taken(
  clock: FakeClock,
  intake: ChunkIntake,
  maxBytes: number,
  wait?: TakeWait,
): Promise<{ bytes: number; last: boolean; atMs: number }> {
  const result = intake
    .take(maxBytes, wait)
    .then(({ bytes, last }) => ({ bytes: bytes.byteLength, last, atMs: clock.nowMs() }));
  await clock.advance(1000);
  return result;
}

describe('audio read through the intake', () => {
  it('is returned at once if there is no time to wait', async () => {
    const { clock, intake } = streaming();
    expect(await taken(clock, intake, 300)).toEqual({ bytes: 100, last: false, atMs: 50 });
  });

  it('is collected to a whole piece while there is time', async () => {
    const { clock, intake } = streaming();
    expect(await taken(clock, intake, 300, { wholeByMs: 900 })).toEqual({ bytes: 300, last: false, atMs: 150 });
  });

  it('is returned incomplete when the time is over', async () => {
    const { clock, intake } = streaming();
    expect(await taken(clock, intake, 300, { wholeByMs: 110 })).toEqual({ bytes: 200, last: false, atMs: 110 });
  });

  it('is collected up to a minimum at the beginning, for a limited time from the first byte on', async () => {
    const begin = async (bytes: number, withinMs: number): Promise<unknown> => {
      const { clock, intake } = streaming();
      return taken(clock, intake, 300, { least: { bytes, withinMs } });
    };
    expect(await begin(200, 60)).toEqual({ bytes: 200, last: false, atMs: 100 });
    expect(await begin(300, 60)).toEqual({ bytes: 200, last: false, atMs: 110 });
    expect(await begin(900, 900)).toEqual({ bytes: 300, last: false, atMs: 150 });
  });

  it('is returned at the end of the stream even if the piece is incomplete', async () => {
    const { clock, intake, reading } = streaming();
    expect(await taken(clock, intake, 5000, { wholeByMs: 900 })).toEqual({ bytes: 1000, last: true, atMs: 500 });
    await reading;
    expect(clock.pending).toBe(0);
  });

  it('is no longer read if there is no reader left', async () => {
    const { clock, intake } = streaming();
    const waiting = intake.take(5000, { wholeByMs: 900 });
    await clock.advance(120);
    intake.close();
    await waiting;
    await clock.advance(100);
    expect(clock.pending).toBe(0);
  });

  it('never exceeds the buffer, even if the voice never ends', async () => {
    const clock = new FakeClock();
    const intake = new ChunkIntake({ clock, limits: { firstAudioMs: 1000, stallMs: 1000 }, maxBytes: 10_000 });
    let sent = 0;
    const chunks = (async function* () {
      for (;;) {
        sent += 1000;
        yield new Uint8Array(1000);
      }
    })();
    const reading = intake.read(
      async () => ({ format: { kind: 'mp3' }, chunks }),
      () => undefined,
      new AbortController().signal,
    );
    await clock.advance(10_000);
    expect(sent).toBe(10_000);
    expect((await intake.take(4000)).bytes.byteLength).toBe(4000);
    await clock.advance(10_000);
    expect(sent).toBe(14_000);
    intake.close();
    await reading;
  });

  it('is returned until the voice fails because it never ends', async () => {
    const clock = new FakeClock();
    for (const limits of [{ firstAudioMs: 1000, stallMs: 1000 }, undefined]) {
      const intake = new ChunkIntake({ clock, limits, maxBytes: 10_000 });
      const megabyte = new Uint8Array(1024 * 1024);
      let left = false;
      const chunks = (async function* () {
        try {
          for (let sent = 0; sent < 100; sent++) yield megabyte;
        } finally {
          left = true;
        }
      })();
      const reading = intake.read(
        async () => ({ format: { kind: 'pcm', rateHz: 24_000 }, chunks }),
        () => undefined,
        new AbortController().signal,
      );
      const given = { bytes: 0 };
      const taking = (async () => {
        for (let last = false; !last;) {
          const piece = await intake.take(megabyte.byteLength);
          given.bytes += piece.bytes.byteLength;
          ({ last } = piece);
        }
      })();
      const failed = { status: 'rejected', reason: expect.objectContaining({ code: 'tts.failed' }) as Error };
      expect(await Promise.allSettled([reading, taking])).toEqual([failed, failed]);
      expect([given.bytes, left, clock.pending]).toEqual([16 * 1024 * 1024, true, 0]);
    }
  });
});

describe('a service that sends a few bytes now and then', () => {
  async function read(bytes: number, times: number, firstBytes = bytes): Promise<{ error: unknown; atMs: number }> {
    const clock = new FakeClock();
    const intake = new ChunkIntake({ clock, limits: { firstAudioMs: 4_000, stallMs: 4_000 }, maxBytes: 1e6 });
    const { signal } = new AbortController();
    const chunks = (async function* () {
      for (let n = 0; n < times; n++) {
        await sleep(clock, 500, signal);
        yield new Uint8Array(n === 0 ? firstBytes : bytes);
      }
    })();
    const over = new AbortController();
    const ended = (error: unknown) => {
      over.abort();
      return { error, atMs: clock.nowMs() };
    };
    const result = intake
      .read(
        async () => ({ format: { kind: 'mp3' }, chunks }),
        () => undefined,
        signal,
      )
      .then(() => ended(undefined), ended);
    while (!over.signal.aborted) await clock.advance(100);
    return result;
  }

  it('is abandoned like a silent service, at the beginning or later', async () => {
    expect(await read(2, 1_000)).toMatchObject({ error: { code: 'tts.timeout' }, atMs: 4_000 });
    expect(await read(2, 1_000, 5_000)).toMatchObject({ error: { code: 'tts.timeout' }, atMs: 4_500 });
  });

  it('is read for any duration if it makes some progress', async () => {
    expect(await read(100, 100)).toEqual({ error: undefined, atMs: 50_000 });
  });
});
