import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSpeakable, sentences } from './speakable.js';

let folder: string;
const path = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorus-speakable-'));
  await writeFile(path('lexicon.txt'), "你好 n i h ao\n小 x iao\nhello h e l ou\ndon't d ou n t\n， ,\n");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a voice with a lexicon', () => {
  it.each([
    ['小', true],
    ['Hello!', true],
    ["Don't 🙂", true],
    ['，', true],
    ['喵小', true],
    ['喵', false],
    ['🙂', false],
    ['world', false],
    ['12', false],
    [' ', false],
    ['', false],
  ])('%j: %s', async (text, expected) => {
    const speakable = await loadSpeakable({ family: 'vits', model: 'm', tokens: 't', lexicon: ['lexicon.txt'] }, path);
    expect(speakable(text)).toBe(expected);
  });

  it('can speak digits if the model has rules for them', async () => {
    const speakable = await loadSpeakable(
      { family: 'vits', model: 'm', tokens: 't', lexicon: ['lexicon.txt'], ruleFsts: ['number.fst'] },
      path,
    );
    expect(speakable('12')).toBe(true);
    expect(speakable('🙂')).toBe(false);
  });
});

describe('a voice with espeak-ng data', () => {
  it.each([
    ['hello', true],
    ['12', true],
    ['🙂', false],
    ['...', false],
  ])('%j: %s', async (text, expected) => {
    const speakable = await loadSpeakable(
      { family: 'vits', model: 'm', tokens: 't', dataDir: 'espeak-ng-data', lexicon: ['missing.txt'] },
      path,
    );
    expect(speakable(text)).toBe(expected);
  });
});

describe('sentences', () => {
  it.each([
    ['你好小智。再见！', ['你好小智。', '再见！']],
    ['他说：“好。”然后走了。', ['他说：“好。”', '然后走了。']],
    ['真的？！好……吧', ['真的？！', '好……', '吧']],
    ['It is 3.5 degrees. Is it? Yes!', ['It is 3.5 degrees.', 'Is it?', 'Yes!']],
    ['"Go." She went', ['"Go."', 'She went']],
    ['no end', ['no end']],
    ['  ', []],
  ])('%j', (text, expected) => {
    expect(sentences(text)).toEqual(expected);
  });
});
