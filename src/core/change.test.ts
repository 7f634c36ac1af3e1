import { expect, it } from 'vitest';
import { Change } from './change.js';

it('wakes all waiters once', async () => {
  const change = new Change();
  const woken: string[] = [];
  const wait = async (name: string): Promise<void> => {
    await change.next();
    woken.push(name);
  };
  const both = Promise.all([wait('a'), wait('b')]);
  change.tell();
  await both;
  expect(woken).toEqual(['a', 'b']);
  change.tell();
  const third = wait('c');
  await Promise.resolve();
  expect(woken).toEqual(['a', 'b']);
  change.tell();
  await third;
  expect(woken).toEqual(['a', 'b', 'c']);
});
