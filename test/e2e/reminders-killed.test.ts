import { afterEach, describe, expect, it } from 'vitest';
import { judgeReminders, REMINDERS, remindAndKill, startReminderModel, type Hearing } from '../../bench/reminding.js';
import { Scope, systemClock } from '../../src/core/index.js';
import { readLocalToken } from '../../src/http/index.js';
import { startServerUnderTest } from '../../src/measure/bench/server-under-test.js';
import { CLI } from '../compiled.js';

const DEVICES = 20;

let scope: Scope | undefined;
afterEach(() => scope?.close('test over'));

describe('a hundred reminders of twenty devices, due in the same second', () => {
  it('are played once each, even if the server is killed while it speaks them', async () => {
    let dueMs = 0;
    const llm = await startReminderModel(() => dueMs);
    scope = new Scope('reminders', (name, error) => {
      throw new Error(name, { cause: error });
    });
    const settings = [
      `llm.base_url=${llm.baseUrl}`,
      'llm.model=scripted',
      'llm.api_key=none',
      'tts.provider=flite',
      'models.auto_pull=false',
      'load.target=off',
      'max_concurrent_sessions=40',
      'server.rate_limit_per_minute=10000',
      'auth.auto_bind_max=100',
      'log.level=warn',
    ];
    const server = await startServerUnderTest(
      {
        settings,
        modelsDir: undefined,
        env: { PATH: process.env['PATH'] },
        entry: { file: CLI, execArgv: [] },
        clock: systemClock,
        scope,
        localToken: readLocalToken,
      },
      scope.signal,
    );
    // With this seed, the kill falls into the middle of a reminder on all devices. At its last 300 ms, the kill would
    // race with the write that the reminder was spoken.
    const { hearings } = await remindAndKill({ server, devices: DEVICES, seed: 2, setDue: (at) => (dueMs = at) });
    const { lost, repeated } = judgeReminders(hearings, DEVICES);
    expect(hearings.filter(({ life }) => life === 1).length).toBeGreaterThan(DEVICES / 2);
    expect({ lost, repeated }).toEqual({ lost: [], repeated: [] });
    await server.stop();
    await llm.close();
  }, 240_000);
});

describe('counting a heard reminder', () => {
  const whole = (device: number, text: string, life: 1 | 2 = 2): Hearing => ({ device, text, life, packets: 30 });
  const all = REMINDERS.map((text) => whole(0, text));

  it('needs all of its sound, except at most the last 300 ms', () => {
    const [first, ...others] = REMINDERS;
    const rest = others.map((text) => whole(0, text));
    for (const [packets, before] of [
      [25, 1],
      [24, 0],
    ] as const) {
      const verdict = judgeReminders([{ ...whole(0, first, 1), packets }, ...rest, whole(1, first)], 1);
      expect(verdict).toEqual({ lost: before === 1 ? [] : [`0 ${first}`], repeated: [], cut: 1 - before, before });
    }
  });

  it('ignores a cut beginning; counts a missing reminder as lost, and a second one as repeated', () => {
    const [first] = REMINDERS;
    expect(judgeReminders(all.slice(1), 1).lost).toEqual([`0 ${first}`]);
    expect(judgeReminders([whole(0, first, 1), ...all], 1).repeated).toEqual([`0 ${first}`]);
    const begun = { ...whole(0, first, 1), packets: 10 };
    expect(judgeReminders([begun, ...all], 1)).toEqual({ lost: [], repeated: [], cut: 1, before: 0 });
  });
});
