import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChorusError } from '../../core/index.js';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { createLog } from './log.js';
import { terminalLine } from './terminal.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorus-log-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const lines = async (name = 'chorus.log'): Promise<Record<string, unknown>[]> =>
  (await readFile(join(folder, name), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('the log', () => {
  it('writes static messages with fields, and transcripts only if enabled', async () => {
    for (const transcripts of [false, true]) {
      const log = createLog({ level: 'info', transcripts, file: { folder, name: `${transcripts}.log` } });
      log.logger
        .child({ deviceId: 'd' })
        .info('a turn ended', { ms: 12, piiText: 'hello', nested: { piiReply: 'hi', n: 1n } });
      log.logger.debug('below the level');
      await log.close();
    }
    const [without] = await lines('false.log');
    expect(without).toMatchObject({ level: 30, msg: 'a turn ended', deviceId: 'd', ms: 12, nested: { n: '1' } });
    expect(JSON.stringify(without)).not.toMatch(/hello|hi/);
    const [with_, ...more] = await lines('true.log');
    expect(with_).toMatchObject({ piiText: 'hello', nested: { piiReply: 'hi' } });
    expect(more).toEqual([]);
  });

  it('never writes secrets', async () => {
    const log = createLog({ level: 'info', transcripts: true, file: { folder } });
    const fields = {
      token: 'S1',
      apiKey: 'S2',
      api_key: 'S3',
      password: 'S4',
      deep: [{ authorization: 'Bearer S5' }],
      text: 'sent Bearer S6 along',
    };
    log.logger.warn('with secrets', {
      ...fields,
      tokens: 7,
      inputTokens: 11,
      error: new ChorusError('auth.unauthorized', 'header Bearer S7', { cause: new Error('Bearer S8') }),
    });
    log.logger.child(fields).warn('again');
    await log.close();
    const text = await readFile(join(folder, 'chorus.log'), 'utf8');
    expect(text).not.toMatch(/S\d/);
    expect((await lines())[0]).toMatchObject({
      tokens: 7,
      inputTokens: 11,
      error: { code: 'auth.unauthorized', name: 'ChorusError' },
    });
  });

  it('accepts unserialisable fields: cycles, huge strings, binary data', async () => {
    const log = createLog({ level: 'info', transcripts: false, file: { folder } });
    const cycle: Record<string, unknown> = { n: 1 };
    cycle.self = cycle;
    log.logger.info('odd', {
      cycle,
      long: 'x'.repeat(100_000),
      bytes: new Uint8Array(5000),
      list: Array.from({ length: 1000 }, (_, i) => i),
      f: () => 1,
    });
    await log.close();
    const [line] = await lines();
    expect(JSON.stringify(line).length).toBeLessThan(5000);
    expect(line).toMatchObject({ bytes: '[5000 bytes]' });
  });

  it('rotates by size and keeps the given number of files', async () => {
    const log = createLog({ level: 'info', transcripts: false, file: { folder, maxBytes: 2000, keep: 2 } });
    for (let i = 0; i < 100; i++) log.logger.info('a line that takes its place', { i });
    await log.close();
    expect((await readdir(folder)).sort()).toEqual(['chorus.1.log', 'chorus.2.log', 'chorus.log']);
    expect((await stat(join(folder, 'chorus.log'))).mode & 0o777).toBe(0o600);
  });

  it('continues if the file cannot be written, and reports it once', async () => {
    await writeFile(join(folder, 'file'), '');
    const written: string[] = [];
    const log = createLog({
      level: 'info',
      transcripts: false,
      file: { folder: join(folder, 'file', 'logs') },
      terminal: { output: { write: (line) => written.push(line) }, format: 'words', colour: false },
    });
    log.logger.info('one');
    await expect.poll(() => written.filter((line) => line.includes('cannot be written')).length).toBe(1);
    log.logger.info('two');
    await log.close();
    expect(written.filter((line) => line.includes('cannot be written'))).toHaveLength(1);
    expect(written.at(-1)).toMatch(/info {2}two/);
  });

  it('reopens the file a minute after a failed write', async () => {
    const place = join(folder, 'place');
    await writeFile(place, '');
    const clock = new FakeClock();
    const written: string[] = [];
    const complaints = (): number => written.filter((line) => line.includes('cannot be written')).length;
    const log = createLog({
      level: 'info',
      transcripts: false,
      file: { folder: place },
      clock,
      terminal: { output: { write: (line) => written.push(line) }, format: 'words', colour: false },
    });
    log.logger.info('one');
    await expect.poll(complaints).toBe(1);
    await rm(place);
    await clock.advance(59_999);
    log.logger.info('two');
    await clock.advance(1);
    log.logger.info('three');
    await log.close();
    const logged = (await readFile(join(place, 'chorus.log'), 'utf8')).trim().split('\n');
    expect(logged).toEqual([expect.stringContaining('three')]);
  });

  it('prints for people, and does not let a device control the terminal', () => {
    const json = JSON.stringify({
      level: 40,
      time: 0,
      msg: 'wrong \u001b[31mname',
      ssid: 'a\u001b]0;b\u0007\nc',
      error: { name: 'Error', code: 'store.failed', message: 'no', stack: 'long' },
    });
    const line = terminalLine(json, false);
    expect(line).toMatch(
      /^\d\d:\d\d:00\.000 warn {2}wrong \\u001b\[31mname ssid=a\\u001b\]0;b\\u0007\\u000ac error=store\.failed: no\n$/,
    );
    expect(terminalLine('not json', true)).toBe('not json');
  });
});
