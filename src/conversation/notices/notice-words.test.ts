import { expect, it } from 'vitest';
import { duration } from './notice-words.js';

it.each([
  [0, '零秒', '0 seconds'],
  [120, '两分钟', '2 minutes'],
  [3_660, '一小时零一分钟', '1 hour 1 minute'],
  [3_900, '一小时零五分钟', '1 hour 5 minutes'],
  [3_600 + 25 * 60, '一小时二十五分钟', '1 hour 25 minutes'],
  [90, '一分钟三十秒', '1 minute 30 seconds'],
  [62, '一分钟零二秒', '1 minute 2 seconds'],
  [7_230, '两小时零三十秒', '2 hours 30 seconds'],
  [86_400 + 12 * 3_600, '一天十二小时', '1 day 12 hours'],
])('%d s is %s', (seconds, chinese, english) => {
  expect(duration(seconds * 1000, 'zh')).toBe(chinese);
  expect(duration(seconds * 1000, 'en')).toBe(english);
});
