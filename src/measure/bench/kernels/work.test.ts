import { expect, it } from 'vitest';
import { FakeClock } from '../../../../test/fakes/fake-clock.js';
import { Cancelled, parseExposition, Scope, silentLogger, sleep, valueOf } from '../../../core/index.js';
import { createSlots, Guess } from '../../../capacity/index.js';
import { PrometheusMetrics } from '../../../platform/telemetry/index.js';
import { CATALOGUE } from '../../../engines/index.js';
import { createRecognizer } from '../../../speech/recognition/index.js';
import { workOf } from './work.js';

it('recognition counts the audio of jobs that began, cancelled or not, but not of jobs withdrawn before', async () => {
  const clock = new FakeClock();
  const metrics = new PrometheusMetrics();
  const scope = new Scope('test', () => undefined);
  const english = CATALOGUE.filter(({ id }) => id === 'moonshine-tiny-en');
  const recognizer = createRecognizer({
    models: {
      catalogue: english,
      installed: () => ({ model: english[0]!, directory: '/models', files: [] }),
      progressOf: () => expect.unreachable(),
      ensure: () => undefined,
      onChange: () => () => undefined,
    },
    slots: createSlots({ clock, metrics, slots: 1 }),
    poolSize: 1,
    model: 'auto',
    corrections: {},
    autoPull: false,
    clock,
    log: silentLogger,
    metrics,
    scope,
    openEngine: ({ model }) => ({
      provider: {
        id: model.id,
        languages: ['*'],
        local: true,
        punctuationMeansEnd: true,
        predictMs: () => 300,
        transcribe: () => sleep(clock, 300).then(() => ({ text: 'words', runMs: 300 })),
      },
      start: () => Promise.resolve(),
      status: () => ({ name: 'asr', state: 'ready', pid: 1, restarts: 0, reason: undefined }),
    }),
  });
  const ask = (deviceId: string, seconds: number, guess?: Guess): AbortController => {
    const abort = new AbortController();
    recognizer
      .recognize(
        {
          deviceId,
          pcm: new Int16Array(16_000 * seconds),
          language: 'en',
          deadlineMs: guess ? undefined : 1_000,
          ...(guess && { guess }),
        },
        abort.signal,
      )
      .catch(() => undefined);
    return abort;
  };

  ask('a', 3);
  await clock.advance(300);
  const running = ask('b', 1, new Guess());
  const waiting = ask('c', 2, new Guess());
  await clock.advance(100);
  for (const abort of [waiting, running]) abort.abort(new Cancelled('more was said'));
  await clock.advance(1_000);
  metrics.count('chorus_vad_windows_total', {}, 150);

  const values = parseExposition((await metrics.exposition()).body);
  const work = workOf({ windowS: 10, grown: (name, labels) => valueOf(values, name, labels) }, 7);
  expect(work).toMatchObject({
    windowS: 10,
    asr: { decodes: 2, audioS: 4 },
    vadWindows: 150,
    opusDecodedPackets: 80,
    mp3AudioS: 7,
  });
  expect(work?.asrWasted).toBeCloseTo(0.5, 6);
  metrics.close();
  await scope.close();
});
