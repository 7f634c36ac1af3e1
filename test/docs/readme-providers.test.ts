import { describe, expect, it } from 'vitest';
import { providers } from '../../src/providers/index.js';
import { read } from './pages.js';

const PAGES = [
  {
    file: 'README.md',
    language: 'en',
    model: 'language model',
    voice: 'voice',
    presets: 'presets for ',
    models: 'local models',
  },
  {
    file: 'README.zh-CN.md',
    language: 'zh',
    model: '大模型',
    voice: '语音合成',
    presets: '预设：',
    models: '本地模型',
  },
] as const;

describe.each(PAGES)('the table of $file', ({ file, language, model, voice, presets, models }) => {
  const cells = (title: string): readonly string[] => {
    const row = read(file)
      .split('\n')
      .find((line) => line.startsWith(`| ${title} |`));
    return (row ?? '').split('|').slice(2, -1);
  };
  /** The entries of a table cell, without remarks in brackets. */
  const listed = (text: string): readonly string[] =>
    text
      .replace(/\(.*?\)|（.*?）/g, '')
      .split(/[,;、；]/)
      .map((item) => item.trim());

  it('lists the presets of language models', () => {
    const [local = '', also = ''] = cells(model);
    const names = providers.presets.filter((one) => one.discover === undefined).map(({ name }) => name[language]);
    expect(listed(also.split(presets)[1] ?? '').toSorted()).toEqual(names.toSorted());
    for (const { name } of providers.presets.filter((one) => one.discover !== undefined))
      expect(local).toContain(name[language]);
  });

  it('lists the voices: those of this machine without a download first, then downloadable models as one entry', () => {
    const [atHand = '', also = ''] = cells(voice);
    const names = (local: boolean): readonly string[] =>
      providers.voices.filter((one) => !one.model && one.local === local).map(({ name }) => name[language]);
    expect(listed(atHand).toSorted()).toEqual(names(true).toSorted());
    expect(listed(also).toSorted()).toEqual([...names(false), models].toSorted());
  });
});
