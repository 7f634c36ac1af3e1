import { createHmac } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import picocolors from 'picocolors';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CliContext } from '../../src/cli/context.js';
import { reportFailure } from '../../src/cli/failure.js';
import { MESSAGES } from '../../src/cli/words/index.js';
import { runProgram } from '../../src/cli/program.js';
import { loadConfig } from '../../src/config/index.js';
import { ChorusError, systemClock } from '../../src/core/index.js';
import { SimulatedDevice } from '../../src/measure/fleet/index.js';
import { startServer, type RunningServer } from '../../src/main.js';
import { openStore } from '../../src/platform/store/index.js';
import { freePort } from '../fakes/free-port.js';
import { FakeLlmServer } from '../fakes/llm-server.js';
import { ask, expectHeard } from './scripted-server.js';
import { RawDevice } from './raw-device.js';
import { ServerUnderTest } from './server.js';

const PYTHON = new URL('../fixtures/python-server', import.meta.url).pathname;
const DUMP = new URL('../fixtures/python-manager/manager-api.sql', import.meta.url).pathname;
const IDENTITY = {
  deviceId: 'a0:85:e3:00:00:03',
  clientId: 'f1f8a3a2-5d0c-4a55-8d4a-0d3e3d0a1b2c',
  board: 'esp-box-3',
  firmwareVersion: '1.8.2',
  language: 'en-US',
};

describe('chorus config import', () => {
  let home: string;
  let dataDir: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'chorus-moving-'));
    dataDir = join(home, 'data');
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  const chorus = (...args: readonly string[]): Promise<Said> => runChorus([...args, '--data', dataDir]);

  it('shows a preview, then imports: keeps comments and a copy, prints no secret, and may run twice', async () => {
    await mkdir(dataDir);
    await writeFile(
      join(dataDir, 'config.yaml'),
      '# our kitchen\nserver:\n  rate_limit_per_minute: 200 # many devices\nllm:\n' +
        '  preset: glm\n  api_key: key-of-another-vendor\n',
    );
    const before = await readFile(join(dataDir, 'config.yaml'), 'utf8');
    const dry = await chorus('config', 'import', PYTHON, '--dry-run');
    expect(dry.code).toBe(0);
    expect(dry.out).toContain('llm.preset: "glm" -> "qwen"');
    expect(dry.out).toContain('llm.api_key: *** -> ***');
    expect(await readFile(join(dataDir, 'config.yaml'), 'utf8')).toBe(before);
    expect(await readdir(dataDir)).toEqual(['config.yaml']);

    const report = join(home, 'report.md');
    const done = await chorus('config', 'import', PYTHON, '--report', report);
    expect(done.code).toBe(0);
    expect(done.out).toMatch(/server\.auth_key +-> database +\*\*\*/);
    expect(done.out).toContain('for 14 more days');
    const text = await readFile(join(dataDir, 'config.yaml'), 'utf8');
    expect(text).toContain('# our kitchen\n');
    expect(text).toContain('rate_limit_per_minute: 200 # many devices');
    expect(text).toContain('api_key: planted-llm-key-9999');
    expect(text).not.toContain('key-of-another-vendor');
    expect((await stat(join(dataDir, 'config.yaml'))).mode & 0o777).toBe(0o600);
    expect((await stat(report)).mode & 0o777).toBe(0o600);
    const [copy = ''] = await readdir(join(dataDir, 'backups'));
    expect(await readFile(join(dataDir, 'backups', copy), 'utf8')).toBe(before);
    for (const said of [dry.out, dry.err, done.out, done.err, await readFile(report, 'utf8')])
      expect(said).not.toMatch(/planted-|key-of-another/);

    const again = await chorus('config', 'import', PYTHON, '--json');
    const answer = JSON.parse(again.out) as { changes: unknown[]; devices: { added: number; known: number } };
    expect(answer.changes).toEqual([]);
    expect(answer.devices).toEqual({ added: 0, known: 1 });
    expect(again.out).not.toContain('planted-');
    expect(await readFile(join(dataDir, 'config.yaml'), 'utf8')).toBe(text);
  }, 60_000);

  it('keeps the language model services already configured, and adds those of the imported agents', async () => {
    await mkdir(dataDir);
    const keyFile = join(home, 'fast.key');
    await writeFile(keyFile, 'planted-fast-key', { mode: 0o600 });
    await writeFile(
      join(dataDir, 'config.yaml'),
      `llm:\n  services: {fast: {preset: glm}}\n  service_keys: {fast: "file:${keyFile}"}\n`,
    );
    expect(await chorus('config', 'import', DUMP)).toMatchObject({ code: 0 });
    const text = await readFile(join(dataDir, 'config.yaml'), 'utf8');
    expect(text).not.toContain('planted-fast-key');
    expect(text).toContain(`fast: file:${keyFile}`);
    expect(text).toMatch(/fast:\s+preset: glm\s+DeepSeekLLM:\s+preset: deepseek/);
  }, 60_000);

  it('replaces the configuration of a Python server, after "serve" refused it and proposed the import', async () => {
    await cp(join(PYTHON, 'config.yaml'), join(dataDir, 'config.yaml'));
    await cp(join(PYTHON, 'data', '.config.yaml'), join(dataDir, '.config.yaml'));
    const refused = await chorus('serve', '--port', '0');
    expect(refused.code).toBe(3);
    expect(refused.err).toContain('chorus config import');
    expect(await readdir(dataDir)).toEqual(['.config.yaml', 'config.yaml']);
    expect((await chorus('config', 'import', dataDir)).code).toBe(0);
    const { code, err } = await chorus('config', 'check');
    expect(code).toBe(0);
    expect(err).not.toContain('Python server');
    const [copy = ''] = await readdir(join(dataDir, 'backups'));
    expect(await readFile(join(dataDir, 'backups', copy), 'utf8')).toBe(
      await readFile(join(PYTHON, 'config.yaml'), 'utf8'),
    );
  }, 60_000);

  it('tests a key first while a server runs; if the vendor refuses it, nothing changes', async () => {
    const llm = await FakeLlmServer.start();
    const server = await ServerUnderTest.start({}, true, dataDir);
    try {
      llm.script({
        kind: 'status',
        status: 401,
        body: JSON.stringify({ error: { message: 'Incorrect API key provided: planted-llm-key-7777' } }),
      });
      const file = join(home, '.config.yaml');
      await writeFile(
        file,
        'server: {auth: {allowed_devices: ["a0:85:e3:00:00:09"]}}\nselected_module: {LLM: Mine}\n' +
          `LLM: {Mine: {type: openai, base_url: "${llm.baseUrl}", model_name: scripted, api_key: ` +
          'planted-llm-key-7777}}\n',
      );
      const said = await chorus('config', 'import', file);
      expect(said.code).toBe(10);
      expect(said.err).toContain('The old configuration is in force again.');
      expect(said.out + said.err).not.toContain('planted-');
      await expect(stat(join(dataDir, 'config.yaml'))).rejects.toMatchObject({ code: 'ENOENT' });
      const store = await openStore({ dataDir });
      expect(await store.list()).toEqual([]);
      await store.close();
    } finally {
      await server.stop();
      await llm.close();
    }
  }, 60_000);

  it('explains why a source cannot be read, and changes nothing', async () => {
    await mkdir(join(home, 'empty'));
    await writeFile(join(home, 'broken.yaml'), 'server:\n  port: "80\n');
    expect(await chorus('config', 'import', join(home, 'nowhere'))).toMatchObject({
      code: 3,
      err: expect.stringContaining('does not exist') as string,
    });
    expect(await chorus('config', 'import', join(home, 'empty'))).toMatchObject({
      code: 3,
      err: expect.stringContaining('.config_optimized.yaml') as string,
    });
    expect(await chorus('config', 'import', join(home, 'broken.yaml'))).toMatchObject({
      code: 3,
      err: expect.stringMatching(/broken\.yaml \(line \d\): it is not valid YAML/) as string,
    });
    await expect(stat(dataDir)).rejects.toMatchObject({ code: 'ENOENT' });
  }, 60_000);
});

/** The device knows the old OTA address and has the old server's token. Nobody changes its settings. */
describe('a device that knew the old server talks to the new one', () => {
  let home: string;
  let running: RunningServer | undefined;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'chorus-moved-'));
  });
  afterEach(async () => {
    await running?.drain('test over');
    running = undefined;
    await rm(home, { recursive: true, force: true });
  });

  it('after an import of a dump: its token is valid, and the old OTA port answers', async () => {
    const [port, otaPort] = [await freePort(), await freePort()];
    const dump = join(home, 'moving');
    await mkdir(dump);
    await cp(DUMP, join(dump, 'dump.sql'));
    // The old server was configured in its web console, so its .config.yaml contains only the server's address and
    // ports, and the URL and secret of the console.
    await writeFile(
      join(dump, '.config.yaml'),
      `server: {ip: 127.0.0.1, port: ${port}, http_port: ${otaPort}}\n` +
        'manager-api: {url: "http://127.0.0.1:8002/xiaozhi", secret: ' +
        'planted-server-secret-0001}\n',
    );
    const dataDir = join(home, 'data');
    expect(await runChorus(['config', 'import', dump, '--json', '--data', dataDir])).toMatchObject({
      code: 0,
      err: '',
    });

    running = await start(dataDir, port, otaPort);
    expect(running.port).toBe(port);
    expect(running.movingOver).toEqual({ daysLeft: 14 });
    expect(running.otaPorts.find((one) => one.port === otaPort)?.state).toBe('listening');

    // This device is still in the state in which the old server left it.
    const device = await RawDevice.connect({
      url: `ws://127.0.0.1:${port}/xiaozhi/v1/`,
      token: oldToken('planted-server-secret-0001'),
      identity: IDENTITY,
    });
    await device.hello();
    const mark = await ask(device);
    await device.audio(5, mark);
    expectHeard(device.heard(mark), 'austen-0880');
    device.vanish();

    // When this device boots again, it asks the old address that it has stored. The answer contains the new address and
    // the device's token.
    const booted = new SimulatedDevice({
      otaUrl: `http://127.0.0.1:${otaPort}/xiaozhi/ota/`,
      identity: IDENTITY,
      clock: systemClock,
    });
    await booted.boot(AbortSignal.timeout(10_000));
    booted.close();
    const again = await fetch(`http://127.0.0.1:${otaPort}/xiaozhi/ota/`, {
      method: 'POST',
      headers: { 'Device-Id': IDENTITY.deviceId, 'Client-Id': IDENTITY.clientId },
      body: '{}',
    });
    const { websocket, activation } = (await again.json()) as {
      websocket: { url: string; token: string };
      activation?: unknown;
    };
    expect(activation).toBeUndefined();
    expect(websocket.url).toBe(`ws://127.0.0.1:${port}/xiaozhi/v1/`);
    const fresh = await RawDevice.connect({ url: websocket.url, token: websocket.token, identity: IDENTITY });
    await fresh.hello();
    fresh.vanish();
    // After that, the old token is no longer valid.
    await expect(
      RawDevice.connect({ url: websocket.url, token: oldToken('planted-server-secret-0001'), identity: IDENTITY }),
    ).rejects.toThrow('401');

    const store = await openStore({ dataDir });
    expect(await store.find(IDENTITY.deviceId)).toMatchObject({
      boundBy: 'import',
      name: "Ann's room",
      agentId: 'agent-two',
      boundClientId: IDENTITY.clientId,
    });
    await store.close();
  }, 90_000);

  /** Starts the server. Loopback counts as a local network here, because a test has no other network. */
  async function start(dataDir: string, port: number, otaPort: number): Promise<RunningServer> {
    const flags = Object.entries({
      'models.auto_pull': 'false',
      'log.level': 'error',
      'tts.provider': 'flite',
      'load.target': 'off',
      'llm.preset': 'none',
      'session.language': 'en-US',
      'server.ota_ports': String(otaPort),
      'server.public_url': `http://127.0.0.1:${port}`,
    }).map(([key, text]) => ({ flag: '--set', key, text }));
    const file = join(dataDir, 'config.yaml');
    // The imported language model cannot be reached here, so the built-in assistant answers.
    const yaml = (await readFile(file, 'utf8')).replaceAll(
      /^ {2}(preset|model|base_url|api_key|public_url): .*\n/gm,
      '',
    );
    await writeFile(file, yaml);
    const loaded = await loadConfig({ dataDir, env: {}, flags });
    if (!loaded.ok) throw new ChorusError('config.invalid', JSON.stringify(loaded.mistakes));
    const server = await startServer({ config: loaded.config, dataDir, kindOf: () => 'private' });
    await server.ready;
    return server;
  }
});

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this process. */
async function runChorus(argv: readonly string[]): Promise<Said> {
  let [out, err] = ['', ''];
  const context: CliContext = {
    language: 'en',
    words: MESSAGES.en,
    env: {},
    clock: systemClock,
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    terminal: false,
    colours: picocolors.createColors(false),
    interrupted: new AbortController().signal,
  };
  const code = await runProgram(argv, context).catch((error: unknown) => reportFailure(error, context));
  return { code, out, err };
}

function oldToken(key: string): string {
  const seconds = Math.floor(Date.now() / 1000) - 3600;
  return (
    createHmac('sha256', key).update(`${IDENTITY.clientId}|${IDENTITY.deviceId}|${seconds}`).digest('base64url') +
    `.${seconds}`
  );
}
