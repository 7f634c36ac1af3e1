import { expect, it } from 'vitest';
import { callsByName } from './name.js';

const NAMES = ['你好小智', 'hi esp', 'computer'];

it.each([
  ['Hi, ESP! What is the time?', true],
  ['你好小智，今天天气怎么样', true],
  ['你好小志', true],
  ['嗯，你好，小智', true],
  ['Computer, stop.', true],
  ['his speech was long', false],
  ['你好吗', false],
  ['今天小智', false],
  ['', false],
])('the device is called by its name: %s', (text, called) => expect(callsByName(text, NAMES)).toBe(called));

it('a device that has no wake word is never called', () => expect(callsByName('hi', ['', '。'])).toBe(false));
