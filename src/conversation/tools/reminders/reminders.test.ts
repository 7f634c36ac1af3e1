import { Cron } from 'croner';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KITCHEN, ToolWorld } from '../../../../test/fakes/tool-world.js';
import { momentOf, patternOf, recurrenceOf } from './when.js';

describe('timers, alarms and reminders', () => {
  let world: ToolWorld;
  beforeEach(async () => {
    // Wednesday, 15:05 in Shanghai.
    world = await ToolWorld.open({ startWallMs: Date.UTC(2026, 10, 25, 7, 5) });
  });
  afterEach(() => world.close());

  it('are set, listed and cancelled by name, in English', async () => {
    expect(await world.says('set_timer', { seconds: 180, name: 'pasta' })).toBe('3 minutes for pasta, starting now.');
    expect(await world.says('set_timer', { seconds: 3900 })).toBe(
      '1 hour 5 minutes, starting now. If I sleep then, I tell you when you wake me.',
    );
    expect(await world.says('set_reminder', { kind: 'alarm', at: '2026-11-26T07:00', repeat: 'weekdays' })).toBe(
      'The alarm is set: on weekdays at 7:00 AM. If I sleep then, I tell you when you wake me.',
    );
    expect(
      await world.says('set_reminder', { kind: 'reminder', at: '2026-11-26T07:30', text: 'take the medicine' }),
    ).toBe('I will remind you tomorrow at 7:30 AM: take the medicine. If I sleep then, I tell you when you wake me.');
    expect(await world.says('list_reminders')).toBe(
      'There are 4: the pasta timer, 3 minutes left; the 1 hour 5 minutes timer, 1 hour 5 minutes left; ' +
        'the alarm on weekdays at 7:00 AM; the reminder "take the medicine" tomorrow at 7:30 AM.',
    );
    expect(await world.says('list_reminders', { kind: 'timer', which: 'pasta' })).toBe(
      'There is one: the pasta timer, 3 minutes left.',
    );
    expect(await world.says('list_reminders', { which: 'eggs' })).toBe('There is nothing like that.');
    expect(await world.says('list_reminders', { kind: 'alarm' })).toBe(
      'There is one: the alarm on weekdays at 7:00 AM.',
    );
    expect(await world.says('cancel_reminder', { kind: 'timer' })).toMatch(/^Nothing was cancelled: ask the user/);
    expect(await world.says('cancel_reminder', { which: 'Pasta' })).toBe('Cancelled: the pasta timer.');
    expect(await world.says('cancel_reminder', { all: true })).toMatch(/^Cancelled: the 1 hour/);
    expect(await world.says('list_reminders')).toBe('No timers, alarms or reminders are set.');
    expect(await world.says('list_reminders', { kind: 'timer' })).toBe('No timer is set.');
    expect(await world.says('cancel_reminder', { which: 'tea' })).toBe('There is nothing like that.');
  });

  it('are spoken in Chinese', async () => {
    world.language = 'zh-CN';
    expect(await world.says('set_timer', { seconds: 600, name: '面条' })).toBe('好的，面条计时十分钟，开始。');
    expect(await world.says('set_reminder', { kind: 'alarm', at: '2026-11-26T07:00', repeat: 'daily' })).toBe(
      '好的，每天早上七点整的闹钟设好了。如果那时我休眠了，会在你唤醒我时告诉你。',
    );
    expect(await world.says('set_reminder', { kind: 'reminder', in_minutes: 10, text: '关火' })).toBe(
      '好的，今天下午三点十五分提醒你关火。',
    );
    expect(await world.says('cancel_reminder', { which: '面条' })).toBe('好的，取消了“面条”计时器。');
  });

  it('keep their kind when snoozed, or become alarms if the kind is unknown', async () => {
    expect(await world.says('snooze', {})).toBe('All right, 5 minutes more.');
    world.language = 'zh-CN';
    expect(await world.says('snooze', { minutes: 10 })).toBe('好的，十分钟后再叫你。');
    const set = await world.notices.of(KITCHEN);
    expect(set.map(({ kind, dueMs }) => [kind, (dueMs - Date.UTC(2026, 10, 25, 7, 5)) / 60_000])).toEqual([
      ['alarm', 5],
      ['alarm', 10],
    ]);
  });

  it('are refused with a reason if the time is invalid or past', async () => {
    const said = (input: Record<string, unknown>): Promise<string> =>
      world.says('set_reminder', { kind: 'reminder', text: 'x', ...input });
    expect(await said({})).toBe('failed: no time was given, or it does not exist: use `at` as YYYY-MM-DDTHH:MM');
    expect(await said({ at: 'tomorrow' })).toContain('no time was given');
    for (const at of ['2027-02-30T07:00', '2027-02-29T07:00', '2027-04-31T07:00', '2027-04-10T25:00'])
      expect(await said({ at })).toContain('does not exist');
    expect(await said({ at: '2027-02-30T07:00', repeat: 'yearly' })).toContain('does not exist');
    expect(await said({ at: '2026-11-25T12:00' })).toBe('failed: that time is in the past');
    expect(await said({ at: '2036-11-25T12:00' })).toContain('five years');
    expect(await said({ in_minutes: 5, repeat: 'daily' })).toContain('needs `at`');
    expect(await world.says('set_reminder', { kind: 'reminder', in_minutes: 5 })).toContain('text is missing');
    expect(await world.says('set_timer', { seconds: 0 })).toContain('wrong arguments');
  });

  it('use the time zone of the device, even across a change to summer time', async () => {
    expect(momentOf('2026-11-26T07:00', 'Asia/Shanghai')).toBe(Date.UTC(2026, 10, 25, 23));
    expect(momentOf('2027-03-14T07:00', 'America/New_York')).toBe(Date.UTC(2027, 2, 14, 11));
    expect(momentOf('2027-03-28T02:30', 'Europe/Berlin')).toBe(Date.UTC(2027, 2, 28, 1, 30));
    expect(momentOf('2028-02-29T07:00', 'Europe/Berlin')).toBe(Date.UTC(2028, 1, 29, 6));
    expect(momentOf('2027-13-14T07:00', 'America/New_York')).toBeUndefined();
    world.timeZone = 'Europe/Berlin';
    await world.call('set_reminder', { kind: 'alarm', at: '2026-11-26T07:00' });
    expect((await world.notices.of(KITCHEN)).map(({ dueMs }) => dueMs)).toEqual([Date.UTC(2026, 10, 26, 6)]);
  });

  it('that repeat are first due at the requested time, and are described by their repetition', () => {
    for (const repeat of ['daily', 'weekdays', 'weekends', 'weekly', 'monthly', 'yearly'] as const)
      expect(recurrenceOf(patternOf({ repeat }, '2026-11-28T07:30') ?? '').repeat).toBe(repeat);
    const lastDay = patternOf({ repeat: 'monthly' }, '2026-12-31T07:30') ?? '';
    expect(recurrenceOf(lastDay)).toEqual({ repeat: 'monthly' });
    const days = new Cron(lastDay, { timezone: 'UTC', paused: true }).nextRuns(4, new Date('2026-12-01T00:00Z'));
    expect(days.map((day) => day.toISOString().slice(0, 10))).toEqual([
      '2026-12-31',
      '2027-01-31',
      '2027-02-28',
      '2027-03-31',
    ]);
    expect(patternOf({ repeat: 'weekly' }, '2026-11-28T07:30')).toBe('30 7 * * 6');
    expect(patternOf({ repeat: 'weekly', weekdays: [4, 1, 4] }, '2026-11-28T07:30')).toBe('30 7 * * 1,4');
    expect(patternOf({ repeat: 'weekly', weekdays: [1, 2, 3, 4, 5] }, '2026-11-28T07:30')).toBe('30 7 * * 1-5');
    expect(patternOf({ repeat: 'hourly', everyHours: 4 }, '2026-11-28T07:30')).toBe('30 3-23/4 * * *');
    expect(recurrenceOf('30 3-23/4 * * *')).toEqual({ repeat: 'hourly', everyHours: 4 });
    expect(recurrenceOf('30 * * * *')).toEqual({ repeat: 'hourly', everyHours: 1 });
    expect(patternOf({ repeat: 'daily' }, 'soon')).toBeUndefined();
  });

  it('repeat every few hours, from now or from a given time', async () => {
    const set = (input: Record<string, unknown>): Promise<string> =>
      world.says('set_reminder', { kind: 'reminder', text: 'drink water', ...input });
    const sleeps = 'If I sleep then, I tell you when you wake me.';
    expect(await set({ every_hours: 2 })).toBe(
      `I will remind you every 2 hours, next at 5:05 PM: drink water. ${sleeps}`,
    );
    expect(await set({ repeat: 'hourly' })).toContain('every hour, next at 4:05 PM');
    expect(await set({ repeat: 'hourly', every_hours: 3, at: '2026-11-25T09:00' })).toContain('next at 6:00 PM');
    expect(await set({ repeat: 'hourly', every_hours: 4, in_minutes: 30 })).toContain('next at 3:35 PM');
    expect(await set({ every_hours: 5 })).toBe('failed: `every_hours` may be 1, 2, 3, 4, 6, 8 or 12');
    const [, , , ...all] = await world.notices.of(KITCHEN);
    expect(all).toHaveLength(1);
    world.language = 'zh-CN';
    expect(await world.says('cancel_reminder', { which: '每两小时' })).toBe(
      '好的，取消了每两小时一次、下次下午五点零五分的提醒“drink water”。',
    );
  });

  it('repeat on several days of the week', async () => {
    const weekdays = ['mon', 'thu'];
    const input = { kind: 'reminder', text: 'bins', repeat: 'weekly', weekdays, at: '2026-11-25T19:00' };
    expect(await world.says('set_reminder', input)).toContain('I will remind you every Monday and Thursday at 7:00 PM');
    // Thursday the 26th.
    expect((await world.notices.of(KITCHEN)).map(({ dueMs }) => dueMs)).toEqual([Date.UTC(2026, 10, 26, 11)]);
    world.language = 'zh-CN';
    expect(await world.says('list_reminders')).toBe('有一个：每周一和周四晚上七点整的提醒“bins”。');
  });

  it('belong to the device that set them', async () => {
    await world.call('set_timer', { seconds: 60 });
    expect(await world.says('list_reminders', {}, '02:00:00:00:00:02')).toBe('No timers, alarms or reminders are set.');
  });

  it('are not offered when they are switched off', async () => {
    const other = await ToolWorld.open({ sections: { reminders: { enabled: false } } });
    expect(other.names).not.toContain('set_timer');
    expect(other.names).toContain('send_message');
    await other.close();
  });
});
