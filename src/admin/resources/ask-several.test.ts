import { expect, it } from 'vitest';
import { ChorusError } from '../../core/index.js';
import type { DeviceRecord } from '../../platform/store/index.js';
import type { Answered } from '../../conversation/notices/index.js';
import type { AdminApi } from '../api.js';
import { ASK_MAX_DEVICES, askSeveralRequest, askSeveralRoutes, registerAskSeveralRoutes } from './ask-several.js';

const idOf = (n: number): string => `02:00:00:00:00:${n.toString(16).padStart(2, '0')}`;

async function answersOf(
  count: number,
  ask: (deviceId: string, signal: AbortSignal) => Promise<Answered>,
  isAwake: (deviceId: string) => boolean = () => true,
  signal: AbortSignal = new AbortController().signal,
  onFind?: (deviceId: string) => void,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  type Handler = (request: unknown) => Promise<{ readonly answers: readonly Readonly<Record<string, unknown>>[] }>;
  const handlers = new Map<unknown, Handler>();
  const api = { on: (route: unknown, handler: Handler) => handlers.set(route, handler) };
  const devices = Array.from({ length: count }, (_, n) => ({ deviceId: idOf(n), boundAtMs: 1 }) as DeviceRecord);
  registerAskSeveralRoutes(api as unknown as AdminApi, {
    say: { ask: (deviceId: string, _: unknown, stop: AbortSignal) => ask(deviceId, stop), isAwake } as never,
    gate: {} as never,
    devices: {
      find(id) {
        onFind?.(id);
        return Promise.resolve(devices.find(({ deviceId }) => deviceId === id));
      },
      list: () => Promise.resolve(devices),
    },
    isAgent: () => Promise.resolve(true),
  });
  const body = askSeveralRequest.parse({ text: 'Are you finished?', all: true });
  const answer = await handlers.get(askSeveralRoutes.askOnSeveral)?.({ body, signal });
  return answer?.answers ?? [];
}

it('asks all connected devices at the same time, but at most a hundred, and answers for each', async () => {
  let asking = 0;
  let most = 0;
  const answers = await answersOf(
    ASK_MAX_DEVICES + 3,
    async (deviceId) => {
      most = Math.max(most, (asking += 1));
      await new Promise((resolve) => setImmediate(resolve));
      asking -= 1;
      if (deviceId === idOf(2)) throw new ChorusError('notice.too_many', 'asks already');
      return { asked: deviceId !== idOf(3), heard: deviceId === idOf(4) ? 'Yes.' : undefined };
    },
    (deviceId) => deviceId !== idOf(1),
  );
  expect(answers.slice(0, 5)).toEqual([
    { deviceId: idOf(0), outcome: 'silent' },
    { deviceId: idOf(1), outcome: 'no_channel' },
    { deviceId: idOf(2), outcome: 'asks_already' },
    { deviceId: idOf(3), outcome: 'not_asked' },
    { deviceId: idOf(4), outcome: 'answered', heard: 'Yes.' },
  ]);
  expect(answers.map(({ outcome }) => outcome).slice(-3)).toEqual(['silent', 'left_out', 'left_out']);
  expect(most).toBe(ASK_MAX_DEVICES);
});

it('stops asking when the request is aborted', async () => {
  const controller = new AbortController();
  const asked = answersOf(
    2,
    (_, stop) =>
      new Promise((__, reject) => stop.addEventListener('abort', () => reject(new Error('gone')), { once: true })),
    undefined,
    controller.signal,
  );
  await new Promise((resolve) => setImmediate(resolve));
  controller.abort();
  await expect(asked).rejects.toThrow('gone');
});

it('checks all devices before it asks the first one, so that no rejection is left without a handler', async () => {
  const found: string[] = [];
  const asked: string[] = [];
  const fails = answersOf(
    3,
    (deviceId) => {
      asked.push(deviceId);
      return Promise.reject(new Error('gone'));
    },
    undefined,
    undefined,
    (deviceId) => {
      expect(asked).toEqual([]);
      found.push(deviceId);
    },
  );
  await expect(fails).rejects.toThrow('gone');
  expect(found).toHaveLength(3);
});

it('accepts a limited number of devices, chosen in exactly one way', () => {
  const names = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => idOf(n));
  const valid = (fields: object): boolean => askSeveralRequest.safeParse({ text: 'Hm?', ...fields }).success;
  expect(valid({ devices: names(ASK_MAX_DEVICES) })).toBe(true);
  expect(valid({ devices: names(ASK_MAX_DEVICES + 1) })).toBe(false);
  expect([valid({}), valid({ all: true, agent: '' }), valid({ agent: '', waitS: 121 })]).toEqual([false, false, false]);
});
