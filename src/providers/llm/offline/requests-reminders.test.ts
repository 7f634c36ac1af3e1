import { describe, expect, it } from 'vitest';
import { calls, requestOf } from '../../../../test/fakes/offline-requests.js';
import { understand } from './intents.js';
import { nextRequestStep } from './request-step.js';
import type { ToolRequest } from './tool-request.js';

describe('requests for reminders and alarms', () => {
  it.each([
    ['Remind me tomorrow at nine to call Mum.', { at: '2026-11-26T09:00', text: 'call Mum' }],
    ['remind me to take the bins out on Friday at 7 pm', { at: '2026-11-27T19:00', text: 'take the bins out' }],
    [
      'every day at 8:30 remind me to take my pills',
      { at: '2026-11-26T08:30', text: 'take my pills', repeat: 'daily' },
    ],
    ['remind me every Wednesday at 3 pm to water it', { at: '2026-12-02T15:00', text: 'water it', repeat: 'weekly' }],
    ['remind me at six this is odd to go', undefined],
    ['明天九点提醒我给妈妈打电话', { at: '2026-11-26T09:00', text: '给妈妈打电话' }],
    ['提醒我后天下午三点半去看牙医', { at: '2026-11-27T15:30', text: '去看牙医' }],
    ['明天早上九点三十分提醒我开会', { at: '2026-11-26T09:30', text: '开会' }],
    ['提醒我九点一起吃饭', { at: '2026-11-26T09:00', text: '一起吃饭' }],
    ['每天晚上九点提醒我吃药', { at: '2026-11-25T21:00', text: '吃药', repeat: 'daily' }],
    ['每周五下午六点提醒我倒垃圾', { at: '2026-11-27T18:00', text: '倒垃圾', repeat: 'weekly' }],
    [
      'Every Monday and Thursday at nine remind me to water the plants.',
      { at: '2026-11-26T09:00', text: 'water the plants', repeat: 'weekly', weekdays: ['mon', 'thu'] },
    ],
    [
      'remind me to go running on Tuesdays, Thursdays and Sundays at 6 pm',
      { at: '2026-11-25T18:00', text: 'go running', repeat: 'weekly', weekdays: ['tue', 'thu', 'sun'] },
    ],
    ['remind me on Monday and Thursday at nine to call', undefined],
    [
      '每周一和周四早上九点提醒我浇花',
      { at: '2026-11-26T09:00', text: '浇花', repeat: 'weekly', weekdays: ['mon', 'thu'] },
    ],
    [
      '提醒我每周一、三、五晚上八点跑步',
      { at: '2026-11-25T20:00', text: '跑步', repeat: 'weekly', weekdays: ['mon', 'wed', 'fri'] },
    ],
    [
      '每周一和周四晚上十二点提醒我关灯',
      { at: '2026-11-26T00:00', text: '关灯', repeat: 'weekly', weekdays: ['tue', 'fri'] },
    ],
    ['每周三五点半提醒我接孩子', { at: '2026-12-02T05:30', text: '接孩子', repeat: 'weekly' }],
    ['Remind me every two hours to drink water.', { repeat: 'hourly', every_hours: 2, text: 'drink water' }],
    ['remind me to stand up every hour', { repeat: 'hourly', every_hours: 1, text: 'stand up' }],
    ['every other hour remind me to stretch', { repeat: 'hourly', every_hours: 2, text: 'stretch' }],
    ['remind me every five hours to drink', undefined],
    ['每两小时提醒我喝水', { repeat: 'hourly', every_hours: 2, text: '喝水' }],
    ['每隔三个小时提醒我吃药', { repeat: 'hourly', every_hours: 3, text: '吃药' }],
    ['提醒我每小时起来走走', { repeat: 'hourly', every_hours: 1, text: '起来走走' }],
    ['每半小时提醒我喝水', undefined],
  ])('reminder: %s', async (text, args) => {
    if (args) expect(await calls(text)).toEqual(['set_reminder', { kind: 'reminder', ...args }]);
    else expect(understand(text).kind).toBe('unknown');
  });

  it.each([
    ['Every weekday at seven wake me.', { at: '2026-11-26T07:00', repeat: 'weekdays' }],
    ['wake me up at half past nine on weekends', { at: '2026-11-26T09:30', repeat: 'weekends' }],
    ['Set an alarm for Monday at 6', { at: '2026-11-30T06:00' }],
    ['每个工作日七点叫我起床', { at: '2026-11-26T07:00', repeat: 'weekdays' }],
    ['Wake me in ten minutes.', { in_minutes: 10 }],
    ['in half an hour wake me up', { in_minutes: 30 }],
    ['set an alarm for twenty minutes from now', { in_minutes: 20 }],
    ['十分钟后叫我', { in_minutes: 10 }],
    ['半小时后叫我起床', { in_minutes: 30 }],
    ['过一个半小时叫醒我', { in_minutes: 90 }],
    ['定一个二十分钟后的闹钟', { in_minutes: 20 }],
    ['每周一到周五七点叫我起床', { at: '2026-11-26T07:00', repeat: 'weekdays' }],
    ['wake me this evening at eight', { at: '2026-11-25T20:00' }],
    ['设一个今天晚上十二点的闹钟', { at: '2026-11-26T00:00' }],
    ['今天晚上零点叫我', { at: '2026-11-26T00:00' }],
    ['晚上一点叫我', { at: '2026-11-26T01:00' }],
    ['今晚一点叫我', { at: '2026-11-26T01:00' }],
    ['明天夜里两点叫我起床', { at: '2026-11-27T02:00' }],
    ['明天晚上九点叫我', { at: '2026-11-26T21:00' }],
    ['周五晚上十二点叫我', { at: '2026-11-28T00:00' }],
    ['凌晨十二点半叫我', { at: '2026-11-26T00:30' }],
    ['明天凌晨十二点半叫我起床', { at: '2026-11-26T00:30' }],
    ['wake me at 2 at night', { at: '2026-11-26T02:00' }],
    ['wake me tomorrow night at one', { at: '2026-11-27T01:00' }],
    ['wake me at 1 a.m. tonight', { at: '2026-11-26T01:00' }],
    ['wake me at 5 a.m. tonight', { at: '2026-11-26T05:00' }],
    ['wake me on Friday night at 12:30', { at: '2026-11-28T00:30' }],
    ['Set an alarm for 12 tonight', { at: '2026-11-26T00:00' }],
    ['Set an alarm for 9 tonight', { at: '2026-11-25T21:00' }],
    ['wake me every night at 12', { at: '2026-11-26T00:00', repeat: 'daily' }],
  ])('alarm: %s', async (text, args) =>
    expect(await calls(text)).toEqual(['set_reminder', { kind: 'alarm', ...args }]),
  );

  it.each(['今晚一点叫我', 'wake me at one tonight'])('after midnight, tonight has not passed: %s', (text) => {
    const asked = understand(text) as ToolRequest;
    const step = nextRequestStep(asked, requestOf(text), [], new Date('2026-11-26T00:30Z'));
    expect(step).toMatchObject({ type: 'call', arguments: { at: '2026-11-26T01:00' } });
  });
});
