import { expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { ChorusError } from '../../core/index.js';
import { WaitingRows } from './waiting-rows.js';

interface Row {
  readonly key: string;
  readonly sum: number;
}

function world(max = 3) {
  const written: (readonly Row[])[] = [];
  const failures: string[] = [];
  const clock = new FakeClock();
  const state = { lost: false };
  const rows = new WaitingRows<Row>({
    clock,
    keyOf: ({ key }) => key,
    sum: (known, more) => ({ ...known, sum: known.sum + more.sum }),
    max,
    write: (some) => {
      if (state.lost) return Promise.reject(new ChorusError('store.unreachable', 'gone'));
      written.push(some);
      return Promise.resolve();
    },
    onFailed: ({ code }) => failures.push(code),
  });
  return { rows, clock, written, failures, state };
}

it('writes rows of one key as one row, every two seconds and at the end', async () => {
  const { rows, clock, written } = world();
  const end = new AbortController();
  const running = rows.run(end.signal).catch((reason: unknown) => reason);
  for (const key of ['a', 'b', 'a']) rows.add({ key, sum: 1 });
  expect(rows.get('a')).toEqual({ key: 'a', sum: 2 });
  await clock.advance(1999);
  expect(written).toEqual([]);
  await clock.advance(1);
  expect(written).toEqual([
    [
      { key: 'a', sum: 2 },
      { key: 'b', sum: 1 },
    ],
  ]);
  await clock.advance(4000);
  expect(written).toHaveLength(1);
  end.abort('over');
  expect(await running).toBe('over');
});

it('keeps rows and later additions while the database is unreachable, up to a limit', async () => {
  const { rows, written, failures, state } = world();
  state.lost = true;
  rows.add({ key: 'a', sum: 1 });
  await rows.flush();
  for (const key of ['a', 'b', 'c', 'd']) rows.add({ key, sum: 1 });
  rows.forget(({ key }) => key === 'b');
  state.lost = false;
  await rows.flush();
  expect(failures).toEqual(['store.unreachable']);
  expect(written).toEqual([
    [
      { key: 'a', sum: 2 },
      { key: 'c', sum: 1 },
    ],
  ]);
});
