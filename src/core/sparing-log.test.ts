import { expect, it } from 'vitest';
import { FakeClock } from '../../test/fakes/fake-clock.js';
import { silentLogger } from './logger.js';
import { sparing } from './sparing-log.js';

it('writes each message at most once a minute, with the number of skipped lines', async () => {
  const clock = new FakeClock();
  const lines: unknown[] = [];
  const log = sparing(
    { ...silentLogger, warn: (message, fields) => lines.push([message, fields]), child: () => silentLogger },
    clock,
  );
  for (let times = 0; times < 1000; times++) log.warn('refused', { address: '10.0.0.1' });
  log.warn('another', {});
  await clock.advance(59_999);
  log.child({ deviceId: 'x' }).warn('refused');
  expect(lines).toEqual([
    ['refused', { address: '10.0.0.1' }],
    ['another', {}],
  ]);
  await clock.advance(1);
  log.warn('refused', { address: '10.0.0.2' });
  await clock.advance(60_000);
  log.warn('refused');
  expect(lines.slice(2)).toEqual([
    ['refused', { address: '10.0.0.2', more: 1000 }],
    ['refused', {}],
  ]);
});
