import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settle } from '../../test/fakes/fake-clock.js';
import { never, world } from '../../test/fakes/slots-world.js';
import { Cancelled, ChorusError, sleep } from '../core/index.js';
import { Guess } from './guess.js';
import { STARVING_MS } from './job-order.js';

describe('background work', () => {
  it('leaves a slot free and runs after all other jobs, however long it waits', async () => {
    const { clock, started, job } = world({ slots: 2 });
    void job('background job', { background: true }, 1000);
    void job('other background job', { background: true }, 1000);
    await settle();
    expect(started).toEqual(['background job']);
    void job('device', {}, 400);
    expect(started).toEqual(['background job', 'device']);
    await clock.advance(1000);
    expect(started).toEqual(['background job', 'device', 'other background job']);
    await clock.advance(1000);
  });

  it('uses the only slot if no other job needs it', async () => {
    const { clock, started, job } = world({ acquireTimeoutMs: 60_000 });
    void job('background job', { background: true }, 1000);
    void job('second', { background: true }, 1000);
    await clock.advance(STARVING_MS / 5 - 1);
    for (let i = 0; i < 8; i++) void job(`device ${i}`, { deadlineMs: 60_000 }, 1000);
    await clock.advance(8500);
    expect(started.slice(0, 9)).toEqual(['background job', ...Array.from({ length: 8 }, (_, i) => `device ${i}`)]);
    await clock.advance(2000);
    expect(started.at(-1)).toBe('second');
    await clock.advance(1000);
  });
});

describe('a guess for a voice', () => {
  it('leaves a slot free for recognition, and takes it once it is confirmed', async () => {
    const { clock, started, job } = world({ slots: 2 });
    const guess = new Guess();
    void job('text', { deviceId: 'a' }, 1000);
    void job('sentence', { kind: 'tts', deviceId: 'b', deadlineMs: undefined, guess }, 1000);
    await settle();
    expect(started).toEqual(['text']);
    guess.confirm(500);
    expect(started).toEqual(['text', 'sentence']);
    await clock.advance(1000);
  });

  it('starts at once if another slot stays free', async () => {
    const { clock, started, job } = world({ slots: 2 });
    void job('sentence', { kind: 'tts', deadlineMs: undefined, guess: new Guess() }, 1000);
    await settle();
    expect(started).toEqual(['sentence']);
    await clock.advance(1000);
  });
});

describe('slots', () => {
  it('run one job of each kind per device, and no more jobs of a kind than its limit', async () => {
    const { clock, started, job } = world({ slots: 4, maxOfKind: { asr: 2 } });
    void job('spoken', { kind: 'tts', deviceId: 'a' });
    void job('heard', { kind: 'asr', deviceId: 'a' });
    void job('other', { kind: 'asr', deviceId: 'b' });
    expect(started).toEqual(['spoken', 'heard', 'other']);
    void job('third', { kind: 'asr', deviceId: 'c' });
    void job('said', { kind: 'tts', deviceId: 'd' });
    expect(started).toEqual(['spoken', 'heard', 'other', 'said']);
    await clock.advance(100);
    expect(started).toContain('third');
    await clock.advance(100);
  });

  it('runs as many jobs as there are slots, then the most urgent', async () => {
    const { clock, started, job, slots } = world({ slots: 2 });
    for (const [name, deadlineMs] of [
      ['a', 900],
      ['b', 900],
      ['c', 800],
      ['d', 200],
      ['e', 500],
    ] as const)
      void job(name, { deadlineMs });
    expect(started).toEqual(['a', 'b']);
    expect(slots.view()).toEqual({ running: 2, waiting: 3 });
    await clock.advance(100);
    expect(started).toEqual(['a', 'b', 'd', 'e']);
    await clock.advance(200);
    expect(slots.view()).toEqual({ running: 0, waiting: 0 });
    expect(clock.pending).toBe(0);
  });

  it('reports how long the job waited', async () => {
    const { clock, job, slots } = world();
    void job('a');
    const waited = slots.run({ kind: 'tts', deviceId: 'b', deadlineMs: 1, predictedMs: 1 }, never, (_signal, grant) =>
      Promise.resolve(grant.waitedMs),
    );
    await clock.advance(100);
    expect(await waited).toBe(100);
  });

  it('puts a guess behind all other jobs, and orders it by its deadline once confirmed', async () => {
    const { clock, ended, job } = world({ slots: 1 });
    const [guess, later] = [new Guess(), new Guess()];
    void job('running');
    void job('guess', { deadlineMs: undefined, guess });
    void job('later', { deadlineMs: undefined, guess: later });
    void job('text', { deadlineMs: 5000 });
    await clock.advance(150);
    expect(ended).toEqual(['running done']);
    void job('another text', { deadlineMs: 5000 });
    guess.confirm(400);
    await clock.advance(1000);
    expect(ended).toEqual(['running done', 'text done', 'guess done', 'another text done', 'later done']);
  });

  it('removes a guess if the speech continues, and leaves room for work that is certainly needed', async () => {
    const { clock, ended, job, slots } = world({ slots: 1, queueCapacity: 4 });
    const abort = new AbortController();
    void job('running');
    void job('taken back', { deadlineMs: undefined, guess: new Guess() }, 100, abort.signal);
    void job('waits', { deadlineMs: undefined, guess: new Guess() });
    void job('one too many', { deadlineMs: undefined, guess: new Guess() });
    await settle();
    expect(ended).toEqual(['one too many cancelled']);
    abort.abort(new Cancelled('speech goes on'));
    void job('text');
    void job('text 2');
    await settle();
    expect(slots.view()).toEqual({ running: 1, waiting: 3 });
    await clock.advance(1000);
    expect(ended).toEqual([
      'one too many cancelled',
      'taken back cancelled',
      'running done',
      'text done',
      'text 2 done',
      'waits done',
    ]);
  });

  it('runs work without a deadline in an idle slot, or drops it at once', async () => {
    const { clock, ended, job } = world({ slots: 2 });
    void job('a', { deadlineMs: undefined });
    void job('b');
    void job('c', { deadlineMs: undefined });
    await settle();
    expect(ended).toEqual(['c cancelled']);
    await clock.advance(100);
    expect(ended).toEqual(['c cancelled', 'a done', 'b done']);
  });

  it('runs one ASR job per device; the next part of its utterance waits while other devices are served', async () => {
    const { clock, started, job } = world({ slots: 2 });
    void job('piece 1', { deviceId: 'a' });
    void job('piece 2', { deviceId: 'a', deadlineMs: 0 });
    void job('other', { deviceId: 'b' });
    expect(started).toEqual(['piece 1', 'other']);
    await clock.advance(100);
    expect(started).toEqual(['piece 1', 'other', 'piece 2']);
    await clock.advance(100);
  });

  it('runs one TTS job per device and queues one; a cancelled job that still runs does not count', async () => {
    const { clock, ended, job } = world({ slots: 2 });
    const barge = new AbortController();
    const tts = { kind: 'tts', deviceId: 'a' } as const;
    void job('one', tts, 100, barge.signal);
    void job('two', tts, 100, barge.signal);
    void job('three', tts);
    await settle();
    expect(ended).toEqual(['three capacity.queue_full']);
    barge.abort(new Cancelled('barge-in'));
    void job('new one', tts);
    void job('new two', tts);
    await settle();
    expect(ended.slice(1).sort()).toEqual(['one cancelled', 'two cancelled']);
    await clock.advance(300);
    expect(ended.slice(3)).toEqual(['new one done', 'new two done']);
  });

  it('replaces a cancelled job that still runs only by one of the same device and kind', async () => {
    const { clock, ended, job } = world({ slots: 4 });
    const cut = new AbortController();
    const spoken = { kind: 'tts', deviceId: 'a' } as const;
    void job('runs', spoken);
    void job('waits', spoken);
    void job('of another device', { kind: 'tts', deviceId: 'b' }, 100, cut.signal);
    void job('of another kind', { kind: 'asr', deviceId: 'a' }, 100, cut.signal);
    cut.abort(new Cancelled('barge-in'));
    void job('third', spoken);
    await settle();
    expect(ended).toContain('third capacity.queue_full');
    await clock.advance(300);
  });

  it("lets eight parts of a device's utterance wait, and one sentence", async () => {
    for (const [kind, most] of [
      ['asr', 8],
      ['tts', 1],
    ] as const) {
      const { clock, ended, job } = world();
      for (let n = 0; n <= most + 1; n++) void job(`${n}`, { deviceId: 'a', kind });
      await settle();
      expect([kind, ended]).toEqual([kind, [`${most + 1} capacity.queue_full`]]);
      await clock.advance(10_000);
    }
  });

  it('lets 128 jobs wait by default', async () => {
    const { clock, ended, job, slots } = world();
    for (let n = 0; n <= 129; n++) void job(`${n}`, { deadlineMs: 1_000_000 }, 1);
    await settle();
    expect([slots.view(), ended]).toEqual([{ running: 1, waiting: 128 }, ['129 capacity.queue_full']]);
    await clock.advance(10_000);
  });

  it('refuses a job if the queue is full, and ends a long wait', async () => {
    const { clock, ended, job } = world({ queueCapacity: 1, acquireTimeoutMs: 500 });
    void job('a', {}, 2000);
    void job('b');
    void job('c');
    await clock.advance(499);
    expect(ended).toEqual(['c capacity.queue_full']);
    await clock.advance(1);
    expect(ended).toEqual(['c capacity.queue_full', 'b capacity.queue_timeout']);
    await clock.advance(2000);
    expect(clock.pending).toBe(0);
  });

  it('obeys the signal at enqueue, in the queue and at the end; the slot is busy until the work ends', async () => {
    const { clock, started, ended, job, slots } = world();
    const running = new AbortController();
    const waiting = new AbortController();
    void job('running', {}, 100, running.signal);
    void job('waiting', {}, 100, waiting.signal);
    void job('late', {}, 100, AbortSignal.abort(new Cancelled('before')));
    running.abort(new Cancelled('now'));
    waiting.abort(new Cancelled('now'));
    await settle();
    expect(ended.sort()).toEqual(['late cancelled', 'running cancelled', 'waiting cancelled']);
    expect(slots.view()).toEqual({ running: 1, waiting: 0 });
    void job('next');
    expect(started).toEqual(['running']);
    await clock.advance(100);
    expect(started).toEqual(['running', 'next']);
    await clock.advance(100);
    expect(clock.pending).toBe(0);
  });

  it('frees the slot of a job that throws', async () => {
    const { slots } = world();
    const request = { kind: 'asr', deviceId: 'a', deadlineMs: 1, predictedMs: 1 } as const;
    await expect(
      slots.run(request, never, () => {
        throw new Error('at once');
      }),
    ).rejects.toThrow('at once');
    await expect(slots.run(request, never, () => Promise.reject(new Error('later')))).rejects.toThrow('later');
    expect(slots.view().running).toBe(0);
  });

  it('takes the late job of the device with the least use first', async () => {
    const { clock, started, job } = world();
    void job('greedy 1', { deviceId: 'greedy' }, 500);
    await clock.advance(500);
    void job('blocker', {}, 100);
    void job('greedy 2', { deviceId: 'greedy', deadlineMs: 200 });
    void job('modest', { deviceId: 'modest', deadlineMs: 300 });
    await clock.advance(100);
    expect(started.slice(2)).toEqual(['modest']);
    await clock.advance(200);
  });

  it('takes a job next once it has waited for 5 s, even if more urgent ones keep coming', async () => {
    const { clock, started, job } = world({ slots: 1 });
    // Each urgent job is already late when it arrives. The waiting device has used much CPU, so its job would go last.
    void job('patient 1', { deviceId: 'patient' }, 2000);
    await clock.advance(2000);
    void job('urgent', { deadlineMs: clock.nowMs() });
    void job('patient 2', { deviceId: 'patient', deadlineMs: 60_000 });
    const startedAtMs = clock.nowMs();
    for (let i = 0; i < 200 && !started.includes('patient 2'); i++) {
      void job(`urgent ${i}`, { deadlineMs: clock.nowMs() }, 100);
      void job(`more ${i}`, { deadlineMs: clock.nowMs() }, 100);
      await clock.advance(100);
    }
    expect(clock.nowMs() - startedAtMs).toBeGreaterThanOrEqual(STARVING_MS);
    expect(clock.nowMs() - startedAtMs).toBeLessThanOrEqual(STARVING_MS + 200);
    await clock.advance(40_000);
  });

  it('require a whole number of slots, at least one', () => {
    for (const slots of [0, -1, 1.5, Number.NaN]) expect(() => world({ slots })).toThrow(RangeError);
  });

  it('never run more jobs than slots, or two of one device and kind; every job ends once', async () => {
    const jobs = fc.array(
      fc.record({
        atMs: fc.nat(400),
        kind: fc.constantFrom('asr' as const, 'tts' as const),
        device: fc.constantFrom('a', 'b', 'c', 'd'),
        deadlineMs: fc.option(fc.nat(800), { nil: undefined }),
        guessed: fc.boolean(),
        runMs: fc.nat(120),
        abortAfterMs: fc.option(fc.nat(200), { nil: undefined }),
        throws: fc.boolean(),
      }),
      { maxLength: 25 },
    );
    await fc.assert(
      fc.asyncProperty(jobs, fc.integer({ min: 1, max: 3 }), async (plan, count) => {
        const { clock, slots } = world({ slots: count, queueCapacity: 6, acquireTimeoutMs: 300 });
        const running: string[] = [];
        const unexpected: unknown[] = [];
        let ends = 0;
        let worst = 0;
        for (const { atMs, kind, device, deadlineMs, guessed, runMs, abortAfterMs, throws } of plan) {
          clock.after(atMs, () => {
            const abort = new AbortController();
            if (abortAfterMs !== undefined) clock.after(abortAfterMs, () => abort.abort(new Cancelled('test')));
            const guess = guessed ? new Guess() : undefined;
            if (guess && deadlineMs !== undefined)
              clock.after(deadlineMs / 4, () => guess.confirm(clock.nowMs() + deadlineMs));
            const key = `${kind} ${device}`;
            const run = async (): Promise<void> => {
              try {
                await slots.run(
                  { kind, deviceId: device, deadlineMs: guess ? undefined : deadlineMs, guess, predictedMs: 10 },
                  abort.signal,
                  async () => {
                    if (running.includes(key)) throw new Error('two at once');
                    running.push(key);
                    worst = Math.max(worst, running.length);
                    await sleep(clock, runMs);
                    running.splice(running.indexOf(key), 1);
                    if (throws) throw new RangeError('scripted');
                  },
                );
              } catch (error) {
                if (!(error instanceof Cancelled || error instanceof ChorusError || error instanceof RangeError))
                  unexpected.push(error);
              }
              ends += 1;
            };
            void run();
          });
        }
        await clock.advance(6000);
        expect(worst).toBeLessThanOrEqual(count);
        expect(unexpected).toEqual([]);
        expect(ends).toBe(plan.length);
        expect(slots.view()).toEqual({ running: 0, waiting: 0 });
        expect(clock.pending).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a device that plays', () => {
  it('is served before late jobs when its audio runs out, and after them while enough audio is queued', async () => {
    const { clock, started, job } = world();
    const sentence = { kind: 'tts', playing: true } as const;
    void job('blocker', {}, 400);
    void job('late', { deadlineMs: 100 });
    void job('runs dry soon', { ...sentence, deadlineMs: 1200 });
    void job('has plenty', { ...sentence, deadlineMs: 5000 });
    await clock.advance(700);
    expect(started).toEqual(['blocker', 'runs dry soon', 'late', 'has plenty']);
  });
});
