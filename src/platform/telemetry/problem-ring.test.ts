import { expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { ChorusError, silentLogger, type LogFields } from '../../core/index.js';
import { ProblemRing } from './problem-ring.js';

it('keeps warnings and errors, counts equal ones, and drops fields and causes', async () => {
  const clock = new FakeClock();
  const ring = new ProblemRing(clock);
  const passed: string[] = [];
  const log = ring.watch({
    ...silentLogger,
    warn: (message: string) => void passed.push(message),
    child: () => ({
      ...silentLogger,
      warn: (message: string, fields?: LogFields) =>
        void passed.push(`child ${message} ${Object.keys(fields ?? {}).join()}`),
    }),
  });
  log.info('nothing wrong');
  log.warn('a thing', { secret: 'planted' });
  await clock.advance(1000);
  log.warn('a thing');
  log.child({ deviceId: 'a' }).warn('of a device', { code: 'llm.timeout' });
  log.error('typed', { error: new ChorusError('llm.bad_key', 'refused', { cause: new Error('planted') }) });
  log.error('untyped', { error: new Error('planted') });
  log.warn('an unknown code', { code: 'ECONNRESET' });
  const found = ring.list();
  expect(found.map(({ message, level, code, count, deviceId }) => [message, level, code, count, deviceId])).toEqual([
    ['an unknown code', 'warn', undefined, 1, undefined],
    ['untyped', 'error', undefined, 1, undefined],
    ['typed', 'error', 'llm.bad_key', 1, undefined],
    ['of a device', 'warn', 'llm.timeout', 1, 'a'],
    ['a thing', 'warn', undefined, 2, undefined],
  ]);
  expect(found.at(-1)).toMatchObject({ firstAtMs: clock.wallMs() - 1000, lastAtMs: clock.wallMs() });
  expect(found[2]?.error?.cause).toBeUndefined();
  expect(JSON.stringify(found)).not.toContain('planted');
  expect(passed).toEqual(['a thing', 'a thing', 'child of a device code', 'an unknown code']);
});

it('is limited: drops the problem that occurred longest ago', () => {
  const ring = new ProblemRing(new FakeClock());
  const log = ring.watch(silentLogger);
  for (let n = 0; n < 200; n++) log.warn(`problem ${n}`);
  log.warn('problem 160');
  expect(ring.list()).toHaveLength(50);
  expect(ring.list()[0]).toMatchObject({ message: 'problem 160', count: 2 });
});
