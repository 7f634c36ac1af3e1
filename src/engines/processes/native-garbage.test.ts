import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { collectingAfter } from './native-garbage.js';

it('collects garbage once the given amount was left, and then starts to count again', () => {
  let collections = 0;
  const left = collectingAfter(1000, () => collections++);
  const after = [400, 599, 1, 999, 2000].map((bytes) => (left(bytes), collections));
  expect(after).toEqual([0, 0, 1, 1, 2]);
});

it('memory that nobody holds is gone afterwards', async () => {
  const left = collectingAfter(1);
  const forgotten = ((): WeakRef<object> => new WeakRef({ samples: new Float32Array(64_000) }))();
  // A reference that was made in this task keeps its object until the task is over.
  await setImmediate();
  left(1);
  expect(forgotten.deref()).toBeUndefined();
});
