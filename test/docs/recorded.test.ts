import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { read, ROOT } from './pages.js';

/** Maps the beginning of an `npm run bench` command to its file in `bench/results/`, if their names differ. */
const FILES: Readonly<Record<string, string>> = {
  one: 'one-device',
  several: 'devices-5',
  restart: 'restart-20',
  reload: 'reload-20',
  idle: 'idle-1000',
  kills: 'kills-20',
  'limits 2c4g': 'limits-2c4g',
  'runtimes 1.13.0': 'runtimes-xeon',
  connections: 'connections-idle',
  'connections talking': 'connections-talking',
  metrics: 'metrics-overhead',
  'npx tsx bench/fleet-cost.ts': 'fleet-cost-steady-200',
};

/** The command in a row's last cell, without its numbers, for example `limits 2c4g` or `one`. */
function commandOf(cell: string): string {
  const text = /`([^`]+)`/.exec(cell)?.[1] ?? '';
  return text.replace(/^npm run bench -- /, '').replace(/( \d+)+$/, '');
}

describe.each([
  { page: 'docs/capacity.md', notRecorded: 'not recorded' },
  { page: 'docs/capacity.zh-CN.md', notRecorded: '没有记录' },
])('$page', ({ page, notRecorded }) => {
  const rows = read(page)
    .split('\n')
    .map((line) => ({ line, cell: line.split('|').at(-2)?.trim() ?? '' }))
    .filter(({ cell }) => /^`[^`]+`(?:[;；].*)?$/.test(cell));

  it('has commands in its rows', () => expect(rows.length).toBeGreaterThan(25));

  it.each(rows)('has results of: $line', ({ line, cell }) => {
    if (line.includes(notRecorded)) return;
    const command = commandOf(cell);
    expect(existsSync(`${ROOT}/bench/results/${FILES[command] ?? command}.json`), command).toBe(true);
  });

  it('has only existing files', () => {
    const files = [...read(page).matchAll(/`(bench\/results\/[\w-]+\.json)`/g)].map(([, file]) => file ?? '');
    const absent = files.filter((file) => !file.includes('/NAME.') && !existsSync(`${ROOT}/${file}`));
    expect(absent).toEqual([]);
  });
});
