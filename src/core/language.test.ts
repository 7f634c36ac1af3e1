import { expect, it } from 'vitest';
import { joinText, primarySubtag, uiLanguage } from './language.js';

it.each([
  ['zh-CN', 'zh', 'zh'],
  ['ZH', 'zh', 'zh'],
  ['zh_TW', 'zh', 'zh'],
  ['yue-CN', 'yue', 'zh'],
  ['en-US', 'en', 'en'],
  ['ja-JP', 'ja', 'en'],
  ['', '', 'en'],
  ['x', '', 'en'],
  ['zhongwen', '', 'en'],
])('%s has the primary subtag %j and gets sentences in %s', (tag, primary, ui) => {
  expect([primarySubtag(tag), uiLanguage(tag)]).toEqual([primary, ui]);
});

it.each([
  [[], ''],
  [['how are', '', 'you '], 'how are you'],
  [['今天', ' 天气 ', ''], '今天天气'],
  [['你好。', 'OK then', 'yes'], '你好。OK then yes'],
  [['Set a timer for', 'ten minutes'], 'Set a timer for ten minutes'],
  [['播放', 'Hello', 'World'], '播放Hello World'],
  [['สวัสดี', 'ครับ'], 'สวัสดีครับ'],
])('%j are joined as their scripts are written: %j', (parts, text) => {
  expect(joinText(parts)).toBe(text);
});
