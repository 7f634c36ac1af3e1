import { expect, it } from 'vitest';
import { primarySubtag, uiLanguage } from './language.js';

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
