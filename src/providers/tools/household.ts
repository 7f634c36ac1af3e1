import { z } from 'zod';
import { both } from '../../core/index.js';
import { described, words } from '../settings.js';
import { defineToolSettings } from './tool-settings.js';

const OFF = both('switched off', '已关闭');
const enabled = z.boolean().default(true).meta(words('Offer these tools.', '提供这些工具。'));

export const reminderSettings = defineToolSettings({
  id: 'reminders',
  name: both('Timers, alarms, reminders', '计时器、闹钟、提醒'),
  settings: z.strictObject({ enabled }).meta(words('Timers, alarms, reminders.', '计时器、闹钟、提醒。')),
  missing: (settings) => (settings.enabled ? undefined : OFF),
});

export const messageSettings = defineToolSettings({
  id: 'messages',
  name: both('Messages to other devices', '给其他设备捎话'),
  settings: described(
    z.strictObject({
      enabled,
      keep_hours: described(
        z.int().min(1).max(720).default(24),
        'How long a message waits for a device that is not there.',
        '设备不在时，留言保留多久（小时）。',
      ),
    }),
    'Messages from one device to another.',
    '一台设备给另一台设备捎话。',
  ),
  missing: (settings) => (settings.enabled ? undefined : OFF),
});

export const listSettings = defineToolSettings({
  id: 'lists',
  name: both('Notes and shopping list', '便签和购物清单'),
  settings: described(
    z.strictObject({
      enabled,
      shared: described(
        z.boolean().default(true),
        'true: one set of lists for the whole household. false: each device has its own.',
        'true：全家共用一套清单。false：每台设备各有一套。',
      ),
    }),
    'Notes and lists.',
    '便签和清单。',
  ),
  missing: (settings) => (settings.enabled ? undefined : OFF),
});

export const calendarSettings = defineToolSettings({
  id: 'calendar',
  name: both('Date, lunar calendar and holidays', '日期、农历和节日'),
  settings: z.strictObject({ enabled }).meta(words('Date, lunar calendar and holidays.', '日期、农历和节日。')),
  missing: (settings) => (settings.enabled ? undefined : OFF),
});
