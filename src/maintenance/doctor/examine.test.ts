import { once } from 'node:events';
import { expect, it } from 'vitest';
import { systemClock } from '../../core/index.js';
import type { Check, DoctorContext } from './check.js';
import { examine } from './examine.js';

it('prints no warning of Node when thirty checks wait for one signal', async () => {
  const warned: string[] = [];
  const onWarning = ({ name }: Error): void => void warned.push(name);
  process.on('warning', onWarning);
  const { signal } = new AbortController();
  let waiting = 0;
  const waits = {
    id: 'waits',
    run: async (): Promise<[]> => {
      signal.addEventListener('abort', () => undefined);
      if (++waiting === 30) signal.dispatchEvent(new Event('enough'));
      else await once(signal, 'enough');
      return [];
    },
  };
  const { checks } = await examine(
    Array.from({ length: 30 }, () => waits as unknown as Check),
    { clock: systemClock, signal } as DoctorContext,
  );
  // Node emits warnings in the next turn of the event loop.
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', onWarning);
  expect(checks).toHaveLength(30);
  expect(warned).toEqual([]);
});
