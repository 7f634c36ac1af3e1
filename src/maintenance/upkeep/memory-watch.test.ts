import { expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { silentLogger, type LogFields } from '../../core/index.js';
import { MemoryWatch, type WatchedProcess } from './memory-watch.js';

const MB = 2 ** 20;
const HOUR_MS = 3_600_000;

/** `asr` grows by 10 MB an hour. `tts` restarts each hour and grows by 200 MB. */
function processes(hour: number): WatchedProcess[] {
  return [
    { key: '1@1', name: 'main', pid: 1, bytes: 150 * MB },
    { key: '2@1', name: 'asr', pid: 2, bytes: (200 + 10 * hour) * MB },
    { key: `3@${Math.floor(hour)}`, name: 'tts', pid: 3, bytes: (100 + 200 * (hour % 1)) * MB },
    { key: '4@1', name: 'gone', pid: 4, bytes: undefined },
  ];
}

it('names a growing process once a day, with size and slope, and forgets processes that have ended', async () => {
  const clock = new FakeClock();
  const warnings: { readonly message: string; readonly fields: LogFields | undefined }[] = [];
  const log = {
    ...silentLogger,
    warn: (message: string, fields?: LogFields) => void warnings.push({ message, fields }),
  };
  let stopAsr = false;
  const watch = new MemoryWatch({
    read: () => Promise.resolve(processes(clock.nowMs() / HOUR_MS).filter(({ name }) => !(stopAsr && name === 'asr'))),
    clock,
    log,
  });
  const hours = async (count: number): Promise<void> => {
    for (let minute = 0; minute < count * 60; minute++) {
      await watch.look();
      await clock.advance(60_000);
    }
  };
  await hours(6);
  expect([warnings, watch.growing()]).toEqual([[], []]);
  await hours(2);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatchObject({
    message: 'the memory of a process grows steadily',
    fields: { process: 'asr', pid: 2 },
  });
  const [growing] = watch.growing();
  expect(growing).toMatchObject({ name: 'asr', pid: 2 });
  expect((growing?.bytesPerHour ?? 0) / MB).toBeCloseTo(10, 0);
  expect(Number(warnings[0]?.fields?.['mbPerHour'])).toBeCloseTo(10, 0);
  expect(Number(warnings[0]?.fields?.['sizeMb'])).toBeGreaterThan(250);
  await hours(16);
  expect(warnings).toHaveLength(1);
  await hours(10);
  expect(warnings).toHaveLength(2);
  expect(watch.watchedHours()).toBeCloseTo(34, 0);
  stopAsr = true;
  await hours(1);
  expect(watch.growing()).toEqual([]);
});
