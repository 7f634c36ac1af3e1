import { afterEach, expect, it } from 'vitest';
import {
  asCommand,
  DEVICE,
  http,
  postOta,
  startServer,
  type Harness,
} from '../../../test/scenarios/conformance/harness.js';
import type { HistoryQuery } from '../../platform/store/index.js';
import { turnRecord, type TurnRecord } from '../../records/index.js';
import { turnOf } from '../../../test/fakes/filled-store.js';

const OTHER = '02:00:00:00:00:99';
let harness: Harness | undefined;
afterEach(async () => {
  await harness?.close();
  harness = undefined;
});

const turn = (id: number, deviceId: string = DEVICE.deviceId, underruns = 0): TurnRecord =>
  turnRecord(id, {
    deviceId,
    language: 'en-US',
    board: 'esp-box-3',
    firmwareVersion: '2.0.5',
    atWallMs: 1000 + id,
    utteranceAtWallMs: 900 + id,
    outcome: 'answered',
    mode: 'auto',
    asr: 'moonshine-tiny-en',
    speculated: true,
    inputTokens: 12,
    stagesMs: { endpoint: 600.4, transcript: 0 },
    packets: 10,
    bytes: 900,
    underruns,
    underrunMs: underruns * 60.2,
    cachedSentences: 1,
    sentences: 2,
  });

async function serverWith(
  turns: readonly TurnRecord[],
): Promise<(query?: string, headers?: Record<string, string>) => ReturnType<typeof http>> {
  const running = await startServer({ turns: () => turns });
  harness = running;
  return (query = '', headers: Record<string, string> = asCommand(running)) =>
    http(running, { path: `/api/v1/turns${query}`, headers });
}

it('shows turns only to commands on this machine', async () => {
  const get = await serverWith([turn(1)]);
  expect((await get('', {})).status).toBe(401);
  expect((await get('', { authorization: `Bearer ${'x'.repeat(43)}` })).status).toBe(401);
  expect((await get()).json).toEqual({
    turns: [
      {
        id: 1,
        deviceId: DEVICE.deviceId,
        language: 'en-US',
        board: 'esp-box-3',
        firmwareVersion: '2.0.5',
        atWallMs: 1001,
        utteranceAtWallMs: 901,
        outcome: 'answered',
        mode: 'auto',
        asr: 'moonshine-tiny-en',
        speculated: true,
        prepared: false,
        stagesMs: { endpoint: 600, transcript: 0 },
        sentences: 2,
        cachedSentences: 1,
        packets: 10,
        bytes: 900,
        underruns: 0,
        underrunMs: 0,
        inputTokens: 12,
        verdict: { kind: 'smooth', good: true, text: { en: 'Smooth.', zh: '流畅。' } },
      },
    ],
    next: 1,
  });
});

it('returns the newest turns, or the turns after a given one in pages', async () => {
  const get = await serverWith([1, 2, 3, 4, 5].map((id) => turn(id, id === 3 ? OTHER : DEVICE.deviceId)));
  const ids = async (query: string): Promise<unknown> => {
    const { turns, next } = (await get(query)).json as { turns: { id: number }[]; next: number };
    return [turns.map(({ id }) => id), next];
  };
  expect(await ids('')).toEqual([[1, 2, 3, 4, 5], 5]);
  expect(await ids('?limit=2')).toEqual([[4, 5], 5]);
  expect(await ids('?since=1&limit=2')).toEqual([[2, 3], 3]);
  expect(await ids('?since=3&limit=2')).toEqual([[4, 5], 5]);
  expect(await ids('?since=5')).toEqual([[], 5]);
  expect(await ids(`?device=${OTHER}`)).toEqual([[3], 5]);
  expect(await ids(`?device=${DEVICE.deviceId.toUpperCase()}&since=1&limit=1`)).toEqual([[2], 2]);
});

it('returns turns of the history after those in memory, each turn once', async () => {
  const asked: HistoryQuery[] = [];
  // The clock was set back between the first two turns.
  const turns = [{ ...turn(1), atWallMs: 90_000 }, turn(2, OTHER), turn(3)];
  const running = await startServer({
    turns: () => turns,
    earlierTurns: async (query) => {
      asked.push(query);
      return [8, 7, 6].slice(0, query.limit).map((n) => ({ ...turnOf(n), id: `before-${n}` }));
    },
  });
  harness = running;
  const ids = async (query: string): Promise<unknown> => {
    const { json } = await http(running, { path: `/api/v1/turns${query}`, headers: asCommand(running) });
    const answer = json as { turns: { id: number | string; verdict: { kind: string } }[]; next: number };
    return [answer.turns.map(({ id }) => id), answer.next];
  };
  expect(await ids('?limit=5')).toEqual([['before-7', 'before-8', 1, 2, 3], 3]);
  expect(await ids(`?limit=3&device=${OTHER}`)).toEqual([['before-7', 'before-8', 2], 3]);
  // `beforeMs` excludes turns that are in memory. Otherwise they would appear twice.
  expect(asked).toEqual([
    { limit: 2, beforeMs: 1002 },
    { limit: 2, beforeMs: 1002, deviceId: OTHER },
  ]);
  expect(await ids('?limit=2')).toEqual([[2, 3], 3]);
  expect(await ids('?since=0')).toEqual([[1, 2, 3], 3]);
  expect(await ids('?since=3')).toEqual([[], 3]);
  expect(asked).toHaveLength(2);
  turns.length = 0;
  expect(await ids('?limit=2')).toEqual([['before-7', 'before-8'], 0]);
  expect(asked.at(-1)).toEqual({ limit: 2 });
  expect(await ids('?since=0')).toEqual([[], 0]);
});

it.each(['?since=x', '?limit=0', '?limit=1001', '?device=everybody', '?since=-1'])(
  'refuses %s with a message',
  async (query) => {
    const get = await serverWith([turn(1)]);
    const answer = await get(query);
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({
      error: { code: 'admin.bad_request', message: expect.stringMatching(/since|limit|device/) as string },
    });
  },
);

it('reports the connection, last turn and underruns of each device until the device is forgotten', async () => {
  const forgotten: string[] = [];
  const last = turn(2);
  const talks = {
    of: (deviceId: string) =>
      Promise.resolve(deviceId === DEVICE.deviceId ? { turns: 2, underruns: 2, underrunMs: 120, last } : undefined),
  };
  const running = await startServer({ talks, onForget: (deviceId) => void forgotten.push(deviceId) });
  harness = running;
  await postOta(running);
  const { json } = await http(running, { path: '/api/v1/devices', headers: asCommand(running) });
  expect(json).toMatchObject({
    devices: [
      {
        deviceId: DEVICE.deviceId,
        connected: false,
        talk: { turns: 2, lastTurnAtMs: 1002, lastOutcome: 'answered', underruns: 2, underrunMs: 120 },
      },
    ],
  });
  expect(
    (await http(running, { method: 'DELETE', path: `/api/v1/devices/${DEVICE.deviceId}`, headers: asCommand(running) }))
      .status,
  ).toBe(204);
  expect(forgotten).toEqual([DEVICE.deviceId, DEVICE.deviceId]);
});
