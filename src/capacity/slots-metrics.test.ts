import { describe, expect, it } from 'vitest';
import { CountingMetrics } from '../../test/fakes/counting-metrics.js';
import { never, world } from '../../test/fakes/slots-world.js';
import { Cancelled, type Metrics } from '../core/index.js';
import { Guess } from './guess.js';
import type { JobRecord } from './job-record.js';

describe('slots', () => {
  it('counts why each job was taken, and reports how fairly CPU time is distributed', async () => {
    const metrics = new CountingMetrics();
    const { clock, job, slots } = world({ metrics });
    void job('running', { deviceId: 'a', deadlineMs: 10_000 }, 3000);
    void job('waits long', { deviceId: 'b', deadlineMs: 100_000 });
    await clock.advance(500);
    void job('plays', { kind: 'tts', deviceId: 'b', deadlineMs: 3500, playing: true }, 2200);
    void job('late', { deviceId: 'c', deadlineMs: 0 });
    void job('guess', { deviceId: 'd', deadlineMs: undefined, guess: new Guess() });
    await clock.advance(2500 + 2200 + 3 * 100);
    expect(metrics.of('chorus_job_starts_total')).toEqual({
      'asr early': 1,
      'tts playing': 1,
      'asr starving': 1,
      'asr late': 1,
      'asr guess': 1,
    });
    expect(slots.view()).toEqual({ running: 0, waiting: 0 });
    // Four devices used 3, 2.3, 0.1 and 0.1 s. Within the test, hardly any of that decays.
    expect(slots.fairness()?.jain).toBeCloseTo(5.5 ** 2 / (4 * (9 + 5.29 + 0.02)), 1);
    expect(slots.fairness()?.largest).toBeCloseTo(3 / 5.5, 1);
  });

  it('counts each job by its outcome, and adds up the predicted times of the jobs that ran', async () => {
    const metrics = new CountingMetrics();
    const { clock, job } = world({ metrics, queueCapacity: 2, acquireTimeoutMs: 500 });
    void job('came too late', {}, 100, AbortSignal.abort(new Cancelled('before')));
    void job('done', { kind: 'tts', predictedMs: 1500 }, 1000);
    void job('no idle slot', { deadlineMs: undefined });
    void job('guess', { deadlineMs: undefined, guess: new Guess() });
    void job('guess beyond half of the queue', { deadlineMs: undefined, guess: new Guess() });
    void job('waits', { kind: 'tts' });
    void job('queue is full');
    await clock.advance(1000);
    expect(metrics.of('chorus_jobs_total')).toEqual({
      'asr cancelled': 1,
      'tts done': 1,
      'asr dropped': 2,
      'asr queue_full': 1,
      'asr queue_timeout': 1,
      'tts queue_timeout': 1,
    });
    expect(metrics.of('chorus_job_predicted_seconds_total')).toEqual({ tts: 1.5 });
  });

  it('reports the depth of the queue by kind, even when a waiting job is cancelled', async () => {
    const metrics = new CountingMetrics();
    const { clock, job } = world({ metrics });
    const cut = new AbortController();
    void job('runs');
    void job('heard');
    void job('said', { kind: 'tts' }, 100, cut.signal);
    expect(metrics.gauges).toMatchObject({ 'chorus_queue_depth asr': 1, 'chorus_queue_depth tts': 1 });
    cut.abort(new Cancelled('barge-in'));
    expect(metrics.gauges).toMatchObject({ 'chorus_queue_depth asr': 1, 'chorus_queue_depth tts': 0 });
    await clock.advance(200);
    expect(metrics.gauges).toMatchObject({ 'chorus_queue_depth asr': 0, chorus_slots_busy: 0 });
  });

  it('reports depth, busy slots and results', async () => {
    const seen: string[] = [];
    const metrics: Metrics = {
      count: (name, labels) => void seen.push(`${name} ${labels?.['kind']} ${labels?.['result']}`),
      gauge: (name, value, labels) => void seen.push(`${name} ${labels?.['kind'] ?? ''} ${value}`),
      observeMs: (name, value, labels) => void seen.push(`${name} ${labels?.['kind']} ${value}`),
    };
    const { clock, job } = world({ metrics });
    void job('a');
    void job('b');
    expect(seen).toContain('chorus_queue_depth asr 1');
    expect(seen).toContain('chorus_slots_busy  1');
    await clock.advance(200);
    expect(seen).toContain('chorus_queue_wait_seconds asr 100');
    expect(seen.filter((line) => line === 'chorus_job_run_seconds asr 100')).toHaveLength(2);
    // The job was predicted to take 50 ms.
    expect(seen.filter((line) => line === 'chorus_job_prediction_error_seconds asr 50')).toHaveLength(2);
    expect(seen.filter((line) => line === 'chorus_jobs_total asr done')).toHaveLength(2);
    expect(seen.findLast((line) => line.startsWith('chorus_slots_busy'))).toBe('chorus_slots_busy  0');
  });
});

describe('a recording', () => {
  it('contains every job of the queue once, when its slot is free again', async () => {
    const records: JobRecord[] = [];
    const { clock, job, slots } = world({ acquireTimeoutMs: 1000, onJob: (record) => records.push(record) });
    const [guess, inVain] = [new Guess(), new Guess()];
    const cut = new AbortController();
    void job('cut', { deadlineMs: 900 }, 700, cut.signal);
    void job('guess', { deadlineMs: undefined, guess, predictedMs: 80 });
    void job('in vain', { deadlineMs: undefined, guess: inVain });
    await clock.advance(200);
    guess.confirm(500);
    void job('sentence', { kind: 'tts', deadlineMs: 2500, playing: true, predictedMs: 150 });
    // The cancelled job continues in native code for 500 ms.
    cut.abort(new Cancelled('barge-in'));
    await clock.advance(400);
    void slots
      .run({ kind: 'asr', deviceId: 'broken', deadlineMs: 5000, predictedMs: 1 }, never, () =>
        Promise.reject(new Error('no')),
      )
      .catch(() => undefined);
    await clock.advance(2000);
    const common = { kind: 'asr', guessed: false, playing: false, cancelledMs: undefined, predictedMs: 50 };
    expect(records).toEqual([
      {
        ...common,
        deviceId: 'cut',
        askedMs: 0,
        wantedMs: 0,
        deadlineMs: 900,
        startedMs: 0,
        cancelledMs: 200,
        endedMs: 700,
        result: 'cancelled',
      },
      {
        ...common,
        deviceId: 'guess',
        askedMs: 0,
        guessed: true,
        wantedMs: 200,
        deadlineMs: 500,
        predictedMs: 80,
        startedMs: 700,
        endedMs: 800,
        result: 'done',
      },
      {
        ...common,
        deviceId: 'sentence',
        kind: 'tts',
        askedMs: 200,
        wantedMs: 200,
        deadlineMs: 2500,
        playing: true,
        predictedMs: 150,
        startedMs: 800,
        endedMs: 900,
        result: 'done',
      },
      {
        ...common,
        deviceId: 'broken',
        askedMs: 600,
        wantedMs: 600,
        deadlineMs: 5000,
        predictedMs: 1,
        startedMs: 900,
        endedMs: 900,
        result: 'failed',
      },
      {
        ...common,
        deviceId: 'in vain',
        askedMs: 0,
        guessed: true,
        wantedMs: undefined,
        deadlineMs: undefined,
        startedMs: 900,
        endedMs: 1000,
        result: 'done',
      },
    ]);
    records.length = 0;
    void job('long', {}, 3000);
    void job('waits', { deadlineMs: 4000 });
    await clock.advance(4000);
    expect(records.map(({ deviceId, result, startedMs }) => [deviceId, result, startedMs])).toEqual([
      ['waits', 'queue_timeout', undefined],
      ['long', 'done', 2600],
    ]);
  });

  it('contains when a guess for a voice was wanted', async () => {
    const records: JobRecord[] = [];
    const { clock, job } = world({ onJob: (record) => records.push(record) });
    const guess = new Guess();
    void job('sentence', { kind: 'tts', deadlineMs: undefined, guess }, 300);
    await clock.advance(200);
    guess.confirm(2500);
    await clock.advance(500);
    expect(records).toMatchObject([{ deviceId: 'sentence', guessed: true, wantedMs: 200, deadlineMs: 2500 }]);
  });
});
