import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { both } from '../language.js';
import { ChorusError, describeError, errorWords } from './errors.js';

it('an error has the same content in both languages, even with its own remedy', () => {
  const error = new ChorusError('tts.unavailable', both('the edge voice is out of reach', '连不上 edge'), {
    remedy: both('Check the network.', '请检查网络。'),
  });
  expect(errorWords(error, 'en')).toEqual({ message: 'the edge voice is out of reach', remedy: 'Check the network.' });
  expect(errorWords(error, 'zh')).toEqual({ message: '连不上 edge', remedy: '请检查网络。' });
});

it('a row with one fixed Chinese sentence still names the known details', () => {
  const cause = new ChorusError('tts.unreachable', both('the connection broke', '连接断了'));
  expect(describeError(new ChorusError('tts.failed', 'x', { cause }), 'zh')).toBe('语音合成失败（连接断了）');
  const details = { quote: 'HTTP 404', system: 'ECONNREFUSED' };
  expect(describeError(new ChorusError('asr.failed', 'x', { details }), 'zh')).toBe(
    '语音识别失败（对方的原话是“HTTP 404”；连接被拒绝）',
  );
});

/** Families of errors whose sentences people read in the console, in the terminal, or in the doctor's report. */
const READ = /new ChorusError\(\s*'(?:admin|llm|tts|asr|audio|auth)\.[a-z_]+',\s*(['"`])/g;

it('no sentence for a person is thrown in English only', () => {
  const alone = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .flatMap((name) => {
      const text = readFileSync(join('src', name), 'utf8');
      return [...text.matchAll(READ)]
        .filter(({ index }) => !/^[^;]*details/.test(text.slice(index, index + 300)))
        .map(({ index }) => `${name}:${text.slice(0, index).split('\n').length}`);
    });
  expect(alone).toEqual([]);
});
