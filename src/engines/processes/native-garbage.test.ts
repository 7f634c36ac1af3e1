import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { collectingAfter } from './native-garbage.js';

it('collects garbage once the given amount is reached, and then counts from zero', () => {
  let collections = 0;
  const left = collectingAfter(1000, () => collections++);
  const after = [400, 599, 1, 999, 2000].map((bytes) => (left(bytes), collections));
  expect(after).toEqual([0, 0, 1, 1, 2]);
});

it('frees memory that is no longer referenced', async () => {
  const left = collectingAfter(1);
  const forgotten = ((): WeakRef<object> => new WeakRef({ samples: new Float32Array(64_000) }))();
  // An object to which a reference was created in this task stays alive until the task ends.
  await setImmediate();
  left(1);
  expect(forgotten.deref()).toBeUndefined();
});
