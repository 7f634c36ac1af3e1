import { spawn } from 'node:child_process';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findModel } from '../../src/engines/index.js';
import { CLI } from '../compiled.js';
import { engineRoom } from '../fakes/engine-room.js';
import { FakeLlmServer, reply } from '../fakes/llm-server.js';
import { newDataFolder } from './prepared-phrases.js';
import { ask, expectHeard } from './scripted-server.js';
import { ServerUnderTest } from './server.js';

const KEY = 'sk-planted-secret-0123456789';
const REFUSED = {
  kind: 'status',
  status: 401,
  body: JSON.stringify({ error: { message: `Incorrect API key provided: ${KEY}` } }),
} as const;

/** Runs the command as people do, with a real server and with a scripted language model. */
describe('chorus config apply', () => {
  let dataDir: string;
  let llm: FakeLlmServer;
  let server: ServerUnderTest;
  let file: string;
  let before: string;

  const yaml = (model: FakeLlmServer, more = ''): string =>
    `llm:\n  base_url: ${model.baseUrl}\n  model: scripted\n  api_key: first-key-of-the-test\n${more}`;

  async function begin(): Promise<void> {
    dataDir = await newDataFolder('chorus-apply-');
    file = join(dataDir, 'config.yaml');
    llm = await FakeLlmServer.start();
    llm.script(reply('All right.'));
    before = yaml(llm);
    await writeFile(file, before, { mode: 0o640 });
    server = await ServerUnderTest.start({ 'session.filler_ms': '20000' }, true, dataDir);
  }
  async function end(): Promise<void> {
    await server.stop();
    await llm.close();
  }

  function chorus(
    ...args: readonly string[]
  ): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
    const child = spawn(process.execPath, [CLI, 'config', ...args, '--data', dataDir], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'] ?? '', LANG: 'en_US.UTF-8' },
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
  }

  async function candidate(text: string): Promise<string> {
    const path = join(dataDir, 'new.yaml');
    await writeFile(path, text);
    return path;
  }

  /** Expects that the old file is back (private, because it contains a key) and that the old model answers. */
  async function expectAsBefore(mode = 0o600): Promise<void> {
    expect(await readFile(file, 'utf8')).toBe(before);
    expect((await stat(file)).mode & 0o777).toBe(mode);
    const asked = llm.requests.length;
    const device = await server.raw();
    const mark = await ask(device);
    await device.reply(mark);
    expectHeard(device.heard(mark), 'austen-0880');
    expect(device.sentences(mark)).toEqual(['All right.']);
    expect(llm.requests.length).toBe(asked + 1);
    expect(llm.requests.at(-1)?.authorization).toBe('Bearer first-key-of-the-test');
  }

  // No test changes the server, so all tests here share one.
  describe('refused', () => {
    beforeAll(begin);
    afterAll(end);

    it('names every mistake and changes nothing', async () => {
      const { code, err } = await chorus('apply', await candidate('llm:\n  presett: glm\nvad:\n  threshold: loud\n'));
      expect(code).toBe(3);
      expect(err).toContain('llm.presett: unknown key; did you mean "llm.preset"?');
      expect(err).toContain('new.yaml:4: vad.threshold: found "loud"');
      await expect(stat(join(dataDir, 'backups'))).rejects.toMatchObject({ code: 'ENOENT' });
      await expectAsBefore(0o640);
    }, 60_000);

    it('restores the file after a wrong key, reports it, and never shows a key', async () => {
      const other = await FakeLlmServer.start();
      other.script(REFUSED);
      const { code, out, err } = await chorus(
        'apply',
        await candidate(yaml(other).replace('first-key-of-the-test', KEY)),
      );
      expect(code).toBe(10);
      expect(err).toMatch(
        /language model does not work with it: .*\[llm\.bad_key\]\nWhat to do: Check the key: .*\nThe old/,
      );
      expect(err).toContain('The old configuration is in force again.');
      expect(out + err).not.toContain(KEY);
      expect(other.requests[0]?.authorization).toBe(`Bearer ${KEY}`);
      await other.close();
      await expectAsBefore();
    }, 60_000);

    it('restores the file if a device gets no answer, even after a good trial', async () => {
      const other = await FakeLlmServer.start();
      other.script(reply('Hello.'), REFUSED);
      const { code, err } = await chorus('apply', await candidate(yaml(other)));
      expect(code).toBe(10);
      expect(err).toContain(
        'A simulated device was not answered: The language model refused the API key.\nWhat to do: Check the key: ',
      );
      await other.close();
      await expectAsBefore();
    }, 60_000);
  });

  describe('with its own server', () => {
    beforeEach(begin);
    afterEach(end);

    it('rolls back if the model crashes the engine, and leaves no process running', async () => {
      const room = await engineRoom(dataDir);
      const broken = findModel('paraformer-live-trilingual-int8');
      if (!broken) throw new Error('no such model');
      await room.install(broken, {
        'encoder.int8.onnx': new Uint8Array(20_000).fill(7),
        'decoder.int8.onnx': new Uint8Array(20_000).fill(7),
        'tokens.txt': 'a 0\n',
      });
      await room.scope.close();
      await expect
        .poll(() => server.running.status().recognition.zh, { timeout: 10_000 })
        .toBe('paraformer-live-trilingual-int8');
      const { code, err } = await chorus(
        'apply',
        await candidate(`${before}asr:\n  model: paraformer-live-trilingual-int8\n`),
      );
      expect(code).toBe(10);
      expect(err).toMatch(/Recognition does not work with it: .*\[(model\.corrupt|engine\.failed|engine\.crashed)\]/);
      expect(server.running.status().engines.map(({ name, state }) => `${name} ${state}`)).toEqual([
        'listening ready',
        'speaking ready',
        'asr ready',
      ]);
      await expectAsBefore();
    }, 90_000);

    it('applies a valid file, live or after a restart, and rolls it back', async () => {
      const { code, out, err } = await chorus(
        'apply',
        await candidate(
          `${before}  prompt: You are a pirate.\nmax_concurrent_sessions: 7\nmetrics:\n  enabled: false\n`,
        ),
      );
      expect(err).toMatch(/Kept as \d{8}_\d{6}/);
      expect([code, out]).toEqual([
        0,
        `${file} is in force.\nChanged: max_concurrent_sessions, llm.prompt\n` +
          'Takes effect after a restart: metrics.enabled\n' +
          'A simulated device talked to the server and was answered.\n',
      ]);
      expect(JSON.stringify(llm.requests.at(-1)?.body)).toContain('You are a pirate.');
      expect(server.running.status().maxTalking).toBe(7);
      const [list, diff] = await Promise.all([chorus('list'), chorus('diff')]);
      const [id = '', , , copy = ''] = list.out.trim().split(/\s+/);
      expect((await stat(copy)).mode & 0o777).toBe(0o600);
      expect((await stat(join(dataDir, 'backups'))).mode & 0o777).toBe(0o700);
      expect(diff.out).toBe(
        'max_concurrent_sessions: "auto" -> 7\nllm.prompt: not set -> "You are a pirate."\n' +
          'metrics.enabled: true -> false  (takes effect after a restart)\n',
      );
      const back = await chorus('rollback', id);
      expect(back.code).toBe(0);
      await expectAsBefore();
      expect(JSON.stringify(llm.requests.at(-1)?.body)).not.toContain('pirate');
      expect((await chorus('list')).out.trim().split('\n')).toHaveLength(2);
    }, 120_000);
  });
});

describe('without a server', () => {
  it('replaces the file for the next start', async () => {
    const dataDir = await newDataFolder('chorus-apply-');
    await mkdir(join(dataDir, 'sub'));
    await writeFile(join(dataDir, 'sub', 'new.yaml'), 'server:\n  port: 9001\n');
    const child = spawn(
      process.execPath,
      [CLI, '--lang', 'zh', 'config', 'apply', join(dataDir, 'sub', 'new.yaml'), '--data', dataDir],
      { env: { PATH: process.env['PATH'] ?? '' }, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0);
    expect(out).toContain('下次启动时生效');
    expect(await readFile(join(dataDir, 'config.yaml'), 'utf8')).toContain('9001');
    expect((await stat(join(dataDir, 'config.yaml'))).mode & 0o777).toBe(0o600);
    await rm(dataDir, { recursive: true });
  }, 30_000);
});
