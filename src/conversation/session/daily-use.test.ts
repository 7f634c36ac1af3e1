import { beforeEach, expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { ChorusError, silentLogger } from '../../core/index.js';
import type { TalkDay } from '../../platform/store/index.js';
import { turnRecord, type Agent, type TurnRecord } from '../../records/index.js';
import { DailyUse } from './daily-use.js';

const DEVICE = '02:00:00:00:00:01';
const AGENT: Agent = { id: 'a', name: 'A', minutesPerDay: 1, charactersPerDay: 100 };
let clock: FakeClock;
let kept: TalkDay[];
let lost: boolean;
let use: DailyUse;
beforeEach(() => {
  clock = new FakeClock();
  kept = [];
  lost = false;
  use = open();
});

function open(): DailyUse {
  return new DailyUse({
    clock,
    log: silentLogger,
    store: {
      talkDay: (deviceId, day) => Promise.resolve(kept.find((one) => one.deviceId === deviceId && one.day === day)),
      addTalk: (days) => {
        if (lost) return Promise.reject(new ChorusError('store.unreachable', 'gone'));
        kept.push(...days);
        return Promise.resolve();
      },
    },
  });
}

/** A turn that has taken this long and ends now. */
function turn(ms: number, answerText = '', musicMs = 0): TurnRecord {
  const atWallMs = clock.wallMs();
  return turnRecord(1, {
    deviceId: DEVICE,
    language: 'en-US',
    atWallMs,
    utteranceAtWallMs: atWallMs - ms,
    outcome: 'answered',
    mode: 'auto',
    stagesMs: {},
    answerText,
    musicMs,
  });
}

const refused = (agent: Agent | undefined = AGENT, language = 'en-US'): string | undefined =>
  use.refusal(DEVICE, agent, language);

it('talk time is the sum of turns and of short pauses between them', async () => {
  await use.open(DEVICE, 'UTC');
  use.add(turn(20_000));
  await clock.advance(30_000);
  use.add(turn(10_000));
  expect(refused()).toBeUndefined();
  await clock.advance(600_000);
  use.add(turn(5000));
  expect(refused()).toBeUndefined();
  await clock.advance(6000);
  use.add(turn(1000));
  expect(refused()).toBe('We have talked enough for today. See you tomorrow!');
  expect(refused(AGENT, 'zh-CN')).toBe('今天聊得够多了，我们明天再聊吧，再见！');
  expect(refused({ id: 'b', name: 'B' })).toBeUndefined();
  expect(use.refusal(DEVICE, undefined, 'en-US')).toBeUndefined();
});

it('noise and overheard speech use up nothing, nor does the silence between them', async () => {
  await use.open(DEVICE, 'UTC');
  use.add(turn(1000));
  for (let n = 0; n < 6; n++) {
    await clock.advance(20_000);
    use.add({ ...turn(1000), outcome: n % 2 === 0 ? 'empty' : 'abandoned' });
  }
  use.add(turn(1000));
  await use.flush();
  expect(kept).toMatchObject([{ talkMs: 2000 }]);
});

it("music, stories and radio count as talk only if the agent's settings say so", async () => {
  const all: Agent = { ...AGENT, minutesCount: 'all' };
  await use.open(DEVICE, 'Asia/Shanghai');
  use.addMusic(DEVICE, AGENT, 3_600_000);
  use.add(turn(3_605_000, 'Playing.', 3_600_000));
  expect([refused(), refused(all)]).toEqual([undefined, undefined]);
  // The pause after the music is counted, because talk follows it.
  await clock.advance(10_000);
  use.add(turn(4000));
  expect(refused()).toBeUndefined();
  use.addMusic(DEVICE, all, 44_999);
  expect(refused(all)).toBeUndefined();
  use.addMusic(DEVICE, all, 1);
  expect(refused(all)).toBeDefined();
  await use.flush();
  expect(kept.reduce((sum, { talkMs }) => sum + talkMs, 0)).toBe(60_000);
});

it('characters are counted when they are heard, and the sum is kept over a restart', async () => {
  await use.open(DEVICE, 'UTC');
  use.add(turn(1, '好'.repeat(60)));
  await use.flush();
  use = open();
  await use.open(DEVICE, 'UTC');
  expect(refused()).toBeUndefined();
  use.add(turn(1, '😀'.repeat(40)));
  expect(refused()).toBeDefined();
});

it('a day begins at midnight in the time zone of the device', async () => {
  await use.open(DEVICE, 'Asia/Shanghai');
  use.add(turn(60_000));
  expect(refused()).toBeDefined();
  await clock.advance(24 * 3_600_000);
  expect(refused()).toBeUndefined();
  await use.flush();
  expect(kept).toMatchObject([{ talkMs: 60_000 }]);
});

it('music that plays past midnight uses up of the new day only the time since midnight', async () => {
  const all: Agent = { ...AGENT, minutesCount: 'all' };
  await use.open(DEVICE, 'Asia/Shanghai');
  const dayMs = 24 * 3_600_000;
  const untilMidnightMs = dayMs - ((clock.wallMs() + 8 * 3_600_000) % dayMs);
  await clock.advance(untilMidnightMs + 50_000);
  use.addMusic(DEVICE, all, 3_600_000);
  expect(refused(all)).toBeUndefined();
  use.addMusic(DEVICE, all, 20_000);
  expect(refused(all)).toBeDefined();
});

it('daily use waits for an unreachable database, and is counted once', async () => {
  await use.open(DEVICE, 'UTC');
  use.add(turn(1000));
  lost = true;
  await use.flush();
  use.add(turn(500));
  lost = false;
  await use.flush();
  await use.flush();
  expect(kept).toMatchObject([{ deviceId: DEVICE, talkMs: expect.any(Number) as number }]);
  expect(kept).toHaveLength(1);
  use.forget(DEVICE);
  expect(refused()).toBeUndefined();
});
