import { kill } from 'node:process';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createSlots, type Slots } from '../../../capacity/index.js';
import { systemClock } from '../../../core/index.js';
import { findModel, type InstalledModel, TURN_MODEL } from '../../../engines/index.js';
import { CountingMetrics } from '../../../../test/fakes/counting-metrics.js';
import { engineRoom, type EngineRoom } from '../../../../test/fakes/engine-room.js';
import { FakeClock, settle } from '../../../../test/fakes/fake-clock.js';
import { tinyTurn } from '../../../../test/fakes/tiny-families.js';
import { clip } from '../../../../test/fixtures/speech.js';
import { createSmartTurn, prosodyOf, type SmartTurnOptions, type SmartTurnService } from './smart-turn-service.js';

// The model has generated weights. With them, the first three seconds sound incomplete and the whole clip sounds
// complete.
const complete = clip('austen-0870');
const incomplete = complete.subarray(0, 48_000);

const { signal } = new AbortController();
let room: EngineRoom;
let metrics: CountingMetrics;
beforeEach(async () => {
  room = await engineRoom();
  metrics = new CountingMetrics();
});
afterEach(() => room.close());

function installed(): Promise<InstalledModel> {
  const model = findModel(TURN_MODEL);
  const [file] = model?.files ?? [];
  if (!model || !file) throw new Error('the catalogue lacks the model');
  return room.install({ ...model, files: [{ name: file.name }], downloadBytes: 1 }, tinyTurn(file.name));
}

function serviceWith(there: InstalledModel | undefined, options: Partial<SmartTurnOptions> = {}): SmartTurnService {
  return createSmartTurn({
    ...room.base,
    // With a fake clock, no answer comes too late even on a slow machine.
    clock: new FakeClock(),
    metrics,
    models: { installed: () => there },
    slots: createSlots({ ...room.base, slots: 2 }),
    enabled: () => true,
    mayAsk: () => true,
    ...options,
  });
}

/** `otherThan` is the id of an earlier process. */
async function until(service: SmartTurnService, state: string, otherThan?: number): Promise<number> {
  for (;;) {
    const [status] = service.statuses();
    if (status?.state === state && status.pid !== otherThan) return status.pid ?? 0;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const results = (): Record<string, number> => metrics.of('chorus_turn_prosody_total');

it('judges in its own process, and counts its answers', async () => {
  const service = serviceWith(await installed());
  expect(service.prepare('en-US')).toBe(true);
  // There is no answer yet, because the service does not wait for the process to start.
  expect(await service.judge(complete, signal)).toBeUndefined();
  await until(service, 'ready');
  expect(await service.judge(incomplete, signal)).toBe('incomplete');
  expect(await service.judge(complete, signal)).toBe('complete');
  expect(results()).toEqual({ unavailable: 1, incomplete: 1, complete: 1 });
});

it.each([
  [0.19, 'broken_off'],
  [0.2, 'incomplete'],
  [0.59, 'incomplete'],
  [0.6, 'complete'],
] as const)('classifies a probability of %d that the turn is over as %s', (probability, prosody) => {
  expect(prosodyOf(probability)).toBe(prosody);
});

it('is unavailable if it is not installed, is off, or does not know the language', async () => {
  const there = await installed();
  expect(serviceWith(undefined).prepare('en-US')).toBe(false);
  expect(serviceWith(there, { enabled: () => false }).prepare('en-US')).toBe(false);
  expect(serviceWith(there).prepare('sw-KE')).toBe(false);
  expect(await serviceWith(undefined).judge(complete, signal)).toBeUndefined();
  expect(results()).toEqual({ unavailable: 1 });
});

it('does not load a damaged model', async () => {
  const there = await installed();
  const path = there.files[0]?.path ?? '';
  const bytes = readFileSync(path);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  writeFileSync(path, bytes);
  const service = serviceWith(there, { clock: systemClock });
  expect(service.prepare('en-US')).toBe(true);
  await until(service, 'failed');
  expect(await service.judge(complete, signal)).toBeUndefined();
  expect(room.errors).toEqual([]);
});

it('uses only an idle slot, and leaves one for devices', async () => {
  const slots = createSlots({ ...room.base, slots: 2 });
  const service = serviceWith(await installed(), { slots });
  service.prepare('en-US');
  await until(service, 'ready');
  let free: () => void = () => undefined;
  const job = { kind: 'asr', deviceId: 'a', deadlineMs: 0, predictedMs: 1 } as const;
  const held = slots.run(job, room.scope.signal, () => new Promise<void>((resolve) => (free = resolve)));
  expect(await service.judge(complete, signal)).toBeUndefined();
  free();
  await held;
  expect(await service.judge(complete, signal)).toBe('complete');
  expect(results()).toEqual({ busy: 1, complete: 1 });
});

it('is not asked above the load limit', async () => {
  const service = serviceWith(await installed(), { mayAsk: () => false });
  service.prepare('en-US');
  await until(service, 'ready');
  expect(await service.judge(complete, signal)).toBeUndefined();
  expect(results()).toEqual({ load: 1 });
});

it('gives up after 250 ms', async () => {
  const clock = new FakeClock();
  const slots: Slots = { run: () => new Promise(() => undefined) };
  const slow = serviceWith(await installed(), { slots, clock });
  slow.prepare('en-US');
  await until(slow, 'ready');
  let verdict: unknown = 'none yet';
  void slow.judge(complete, signal).then((result) => (verdict = result));
  await clock.advance(249);
  expect(verdict).toBe('none yet');
  await clock.advance(1);
  await settle();
  expect(verdict).toBeUndefined();
  expect(results()).toEqual({ slow: 1 });
});

it('has no answer when its process is killed, and recovers', async () => {
  const clock = new FakeClock();
  const service = serviceWith(await installed(), { clock });
  service.prepare('en-US');
  const pid = await until(service, 'ready');
  kill(pid, 'SIGSTOP');
  const verdict = service.judge(complete, signal);
  kill(pid, 'SIGKILL');
  expect(await verdict).toBeUndefined();
  // The supervisor pauses before it starts the next process.
  await clock.advance(50);
  await until(service, 'ready', pid);
  expect(await service.judge(complete, signal)).toBe('complete');
  expect(results()).toEqual({ failed: 1, complete: 1 });
});
