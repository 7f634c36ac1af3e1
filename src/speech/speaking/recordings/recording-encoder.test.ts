import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeWav } from '../../../audio/index.js';
import { noMetrics, Scope, silentLogger, systemClock } from '../../../core/index.js';
import { createRecordingEncoder, type RecordingEncoder } from './recording-encoder.js';

const TONE = writeWav({
  rateHz: 16_000,
  pcm: Int16Array.from({ length: 16_000 }, (_, at) => 3000 * Math.sin(at / 10)),
});

describe('the process that decodes recordings', () => {
  let scope: Scope;
  let encoder: RecordingEncoder;
  beforeEach(() => {
    scope = new Scope('test', () => undefined);
    encoder = createRecordingEncoder({
      clock: systemClock,
      log: silentLogger,
      metrics: noMetrics,
      scope,
      opus: { complexity: 0, bitrate: 32_000 },
    });
  });
  afterEach(() => scope.close('over'));

  it('ends with each recording, and refuses files that it cannot decode', async () => {
    const { signal } = new AbortController();
    expect((await encoder.encode(TONE, signal)).length).toBeGreaterThanOrEqual(17);
    await expect(encoder.encode(TONE.subarray(0, 30), signal)).rejects.toMatchObject({ code: 'recording.unreadable' });
    await expect(encoder.encode(new Uint8Array(9), signal)).rejects.toMatchObject({ code: 'recording.unreadable' });
    expect(scope.tree()).toMatchObject({ tasks: [], children: [] });
  }, 60_000);

  it('decodes one recording at a time, and refuses more than the queue limit', async () => {
    const cut = new AbortController();
    const waiting = Array.from({ length: 8 }, () => encoder.encode(TONE, cut.signal).catch((error: unknown) => error));
    await expect(encoder.encode(TONE, cut.signal)).rejects.toMatchObject({ code: 'capacity.queue_full' });
    const reason = new Error('gone');
    cut.abort(reason);
    expect(await Promise.all(waiting)).toEqual(waiting.map(() => reason));
    expect((await encoder.encode(TONE, new AbortController().signal)).length).toBeGreaterThanOrEqual(17);
  }, 60_000);
});
