import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { observation } from '../../../test/fakes/monitor-observation.js';
import { findingsOf } from './findings.js';
import { writeReport } from './write-report.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorus-report-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const write = () =>
  writeReport(findingsOf(observation()), { folder, name: 'daily', command: 'npx chorus monitor', producer: 'x' });

it('writes a report for programs and a page', async () => {
  const { json, page, data } = await write();
  expect(await readFile(data, 'utf8')).toBe(`${json}\n`);
  expect(await readFile(page, 'utf8')).toMatch(/^<!doctype html>[^]*<\/html>\s*$/i);
});

it.skipIf(process.platform !== 'linux')('leaves an earlier report unchanged if the disk is full', async () => {
  await writeFile(join(folder, 'daily.json'), 'earlier');
  // The new report has this temporary name before it replaces the earlier one.
  await symlink('/dev/full', join(folder, `.daily.json.${process.pid}.tmp`));
  await expect(write()).rejects.toMatchObject({ code: 'data.disk_full' });
  expect(await readFile(join(folder, 'daily.json'), 'utf8')).toBe('earlier');
  expect(await readdir(folder)).toEqual(['daily.json']);
});
