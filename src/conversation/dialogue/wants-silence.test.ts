import { expect, it } from 'vitest';
import { wantsSilence } from './wants-silence.js';

it.each([
  ['Stop.', true],
  ['could you please stop the music now', true],
  ['turn that off', true],
  ['turn off the radio', true],
  ['OK, that is enough', true],
  ['Goodbye!', true],
  ['停一下', true],
  ['别放了', true],
  ['把音乐关了吧', true],
  ['我不想听了', true],
  ['晚安', true],
  ['turn off the kitchen light', false],
  ['stop the pasta timer', false],
  ['what time is it', false],
  ['关灯', false],
  ['附近哪里可以停车', false],
  ['明天天气怎么样', false],
])('%s: %s', (text, wanted) => expect(wantsSilence(text)).toBe(wanted));
