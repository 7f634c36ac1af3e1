import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { costKey, MeasuredCosts } from '../../src/capacity/index.js';
import { findModel, sherpaVersion, speechRuntime } from '../../src/engines/index.js';
import { describeMachine } from '../../src/platform/machine/index.js';
import { CLI } from '../compiled.js';
import { engineRoom } from '../fakes/engine-room.js';
import { FileServer } from '../fakes/file-server.js';
import { FakeLlmServer, reply } from '../fakes/llm-server.js';
import { newDataFolder } from './prepared-phrases.js';
import { ServerUnderTest } from './server.js';

/** Settings with which requests go only to loopback. The ports and the load of this machine are not checked. */
const QUIET = ['--set', 'tts.provider=flite', '--set', 'models.auto_pull=false', '--set', 'server.port=0'];

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

let dataDir: string;
beforeEach(async () => {
  dataDir = await newDataFolder('chorus-doctor-');
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

function doctor(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  const { PATH = '', HOME = '' } = process.env;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [CLI, 'doctor', '--data', dataDir, ...QUIET, ...args],
      { env: { PATH, HOME, LANG: 'en_US.UTF-8', ...env }, maxBuffer: 1e7 },
      (error, out, err) => resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err }),
    );
  });
}

interface Report {
  readonly verdict: string;
  readonly findings: readonly {
    readonly id: string;
    readonly severity: string;
    readonly remedy: string;
    readonly fixable: boolean;
  }[];
  readonly fixed?: readonly { readonly id: string; readonly done: boolean; readonly what: string }[];
}
const reportOf = ({ out }: Outcome): Report => JSON.parse(out) as Report;

describe('chorus doctor', () => {
  it('prints one line on a healthy machine with its server, and leaves no device behind', async () => {
    const server = await ServerUnderTest.start({}, true, dataDir);
    try {
      const outcome = await doctor();
      expect(outcome.out).toMatch(/^Healthy: \d+ checks in [\d.]+ s, nothing to repair\.\n$/);
      expect(outcome).toMatchObject({ code: 0, err: '' });
      const token = (await readFile(join(dataDir, 'local-token'), 'utf8')).trim();
      const devices = await fetch(`http://127.0.0.1:${server.running.port}/api/v1/devices`, {
        headers: { authorization: `Bearer ${token}` },
      });
      expect(await devices.json()).toEqual({ devices: [] });
    } finally {
      await server.stop();
    }
  }, 60_000);

  it('names a fault with its cause and remedy, in the language of the command, and exits with 1', async () => {
    await writeFile(join(dataDir, 'config.yaml'), 'asr:\n  modle: x\n');
    const outcome = await doctor(['--lang', 'zh']);
    expect(outcome.code).toBe(1);
    expect(outcome.out).toMatch(/故障 .*modle.*\[config\.mistake\]\n {2}原因：.*\n {2}办法：.*chorus config rollback/);
  }, 60_000);

  it('examines an address without a data folder, and nothing of this machine', async () => {
    await rm(dataDir, { recursive: true });
    const outcome = await doctor(['--url', 'http://127.0.0.1:9', '--json']);
    expect(reportOf(outcome)).toMatchObject({
      verdict: 'faults',
      findings: expect.arrayContaining([expect.objectContaining({ id: 'device.refused' })]) as unknown,
    });
    expect(reportOf(outcome).findings.map(({ id }) => id.split('.')[0])).not.toContain('memory');
    expect(outcome.code).toBe(1);
  }, 60_000);

  it('--fix repairs permissions, leftovers and a truncated model, and changes no configuration value', async () => {
    const yaml = 'llm:\n  preset: none\nmetrics:\n  token: planted-metrics-token\n';
    const config = join(dataDir, 'config.yaml');
    await writeFile(config, yaml);
    await chmod(dataDir, 0o755);
    await chmod(config, 0o644);
    const leftover = join(dataDir, 'models', '.staging', 'melo-zh-en');
    await mkdir(leftover, { recursive: true });
    await writeFile(join(leftover, 'model.onnx.part'), 'x');
    for (const path of [join(leftover, 'model.onnx.part'), leftover]) await utimes(path, 1_700_000_000, 1_700_000_000);
    const model = findModel('paraformer-live-trilingual-int8');
    if (!model) throw new Error('no such model');
    const weights = Buffer.alloc(30_000, 'weights');
    const installed = await (
      await engineRoom(dataDir)
    ).install(model, { 'encoder.int8.onnx': weights, 'decoder.int8.onnx': weights, 'tokens.txt': 'a 0\n' });
    await truncate(join(installed.directory, 'encoder.int8.onnx'), 15_000);
    const mirror = new FileServer();
    await mirror.listen();
    for (const file of ['encoder.int8.onnx', 'decoder.int8.onnx']) mirror.file(`/${model.id}/${file}`, weights);
    mirror.file(`/${model.id}/tokens.txt`, 'a 0\n');
    try {
      const flags = ['--json', '--set', `models.mirrors=${mirror.url}`];
      const before = reportOf(await doctor(flags));
      expect(
        before.findings
          .filter(({ fixable, severity }) => fixable && severity !== 'note')
          .map(({ id }) => id)
          .sort(),
      ).toEqual(['disk.leftovers', 'models.damaged', 'secrets.readable']);
      const fixed = await doctor([...flags, '--fix']);
      const after = reportOf(fixed);
      expect(after.fixed?.map(({ id, done }) => [id, done]).sort()).toEqual([
        ['disk.leftovers', true],
        ['models.damaged', true],
        ['secrets.readable', true],
      ]);
      expect(after.findings.filter(({ fixable, severity }) => fixable && severity !== 'note')).toEqual([]);
    } finally {
      await mirror.close();
    }
    expect((await stat(config)).mode & 0o777).toBe(0o600);
    expect(await readFile(config, 'utf8')).toBe(yaml);
    expect(await readdir(join(dataDir, 'models', '.staging'))).not.toContain('melo-zh-en');
    expect(
      createHash('sha256')
        .update(await readFile(join(installed.directory, 'encoder.int8.onnx')))
        .digest('hex'),
    ).toBe(createHash('sha256').update(weights).digest('hex'));
  }, 60_000);
});

it('--bundle contains the facts for support, and none of the secrets planted everywhere', async () => {
  const said = 'the quick brown fox of the household';
  const answered = 'Your planted daughter asks you to come home.';
  const key = 'planted-llm-key-Zz9-of-the-config';
  const llm = await FakeLlmServer.start();
  // The vendor quotes the key in its error message, as some vendors do.
  llm.script(reply('Fine.'), {
    kind: 'status',
    status: 401,
    body: JSON.stringify({ error: { message: `Incorrect API key provided: ${key}` } }),
  });
  const fromEnvironment = 'planted-openai-key-of-the-environment-77';
  const referenced = 'planted-metrics-token-in-a-file';
  await writeFile(join(dataDir, 'metrics-token'), `${referenced}\n`, { mode: 0o600 });
  const yaml = [
    'llm:',
    `  base_url: ${llm.baseUrl.replace('http://', 'http://user:planted-url-password@')}`,
    '  model: scripted',
    `  api_key: ${key}`,
    '  prompt: "My name is Planted Person and my cat is Tom."',
    'metrics:',
    '  token: file:metrics-token',
    'telemetry:',
    '  otlp_endpoint: http://127.0.0.1:9/?token=planted-query-token',
    'log:',
    '  file: chorus.log',
    '  transcripts: true',
    '  level: debug',
  ].join('\n');
  await writeFile(join(dataDir, 'config.yaml'), yaml, { mode: 0o600 });
  const jwt = `eyJhbGciOiJIUzI1NiJ9.${Buffer.from('planted').toString('base64url')}.abcdefghijklmnop`;
  const unknownKey = 'sk-live-0011223344556677aabbccdd';
  const mac = 'a0:85:e3:f4:49:34';
  const clientId = '3fa85f64-5717-4562-b3fc-2c963f66afa6';
  const lines = [
    { level: 40, msg: 'a request failed', error: `HTTP 401: Incorrect API key provided: ${key}` },
    { level: 30, msg: 'turn', deviceId: mac, clientId, piiUser: said, stagesMs: { asr: 120 } },
    { level: 30, msg: 'header', authorization: `Bearer ${jwt}`, note: `Bearer ${jwt}` },
    { level: 50, msg: `fetch failed: https://api.example.org/v1?api_key=${unknownKey}` },
    { level: 30, msg: 'device asks to be bound', code: '482913' },
    { level: 50, msg: 'encoded', detail: `${encodeURIComponent(key)} ${Buffer.from(key).toString('base64')}` },
  ];
  await writeFile(
    join(dataDir, 'chorus.log'),
    `${lines.map((line) => JSON.stringify(line)).join('\n')}\n{"level":30,"apiKey":"${unknownKey}", cut`,
  );
  await mkdir(join(dataDir, 'reports'));
  await writeFile(
    join(dataDir, 'reports', 'performance_report_20261125_101500.json'),
    JSON.stringify({
      format: 'chorus-monitor',
      startedAt: 'x',
      command: `npx chorus monitor --url http://x/?token=${unknownKey}`,
      observation: { turns: [{ deviceId: mac, userText: said, answerText: answered, person: 'Planted Anna' }] },
      figures: {},
    }),
  );
  const measured = costKey(describeMachine(), 'asr', 'planted-model', sherpaVersion());
  await (await MeasuredCosts.load(dataDir)).set(measured, 0.0421, '2026-11-29T20:00:00.000Z');
  const server = await ServerUnderTest.start({ 'log.file': 'chorus.log' }, true, dataDir);
  const local = (await readFile(join(dataDir, 'local-token'), 'utf8')).trim();
  // The archive is written elsewhere, because the server's folder is deleted.
  const bundle = join(await mkdtemp(join(tmpdir(), 'chorus-bundle-')), 'support.tar.gz');
  try {
    const outcome = await doctor(['--bundle', bundle, '--json'], {
      OPENAI_API_KEY: fromEnvironment,
      CHORUS_AUTH__PAIRING: 'lan',
    });
    expect(outcome.err).toContain(bundle);
    expect([0, 1]).toContain(outcome.code);
  } finally {
    await server.stop();
    await llm.close();
  }
  expect((await stat(bundle)).mode & 0o777).toBe(0o600);
  const text = gunzipSync(await readFile(bundle)).toString('utf8');
  await rm(dirname(bundle), { recursive: true });
  const secrets = [
    key,
    fromEnvironment,
    referenced,
    'planted-url-password',
    'planted-query-token',
    'Planted Person',
    'Planted Anna',
    answered,
    jwt,
    unknownKey,
    mac,
    clientId,
    local,
    said,
    '482913',
    encodeURIComponent(key),
    Buffer.from(key).toString('base64'),
  ];
  for (const secret of secrets)
    expect(text.includes(secret), `${secret.slice(0, 12)}… stands in the bundle`).toBe(false);
  for (const name of [
    'README.txt',
    'doctor.json',
    'configuration.json',
    'machine.json',
    'versions.json',
    'server.json',
    'metrics.txt',
    'turns.json',
    'logs/chorus.log',
    'reports/performance_report_20261125_101500.json',
  ])
    expect(text).toContain(name);
  // The bundle must still contain what support needs first.
  for (const kept of [
    '"scripted"',
    'chorus_build_info',
    'a request failed',
    '"asr":120',
    'onnxruntime-node',
    '…:49:34',
    'config.yaml',
  ])
    expect(text, kept).toContain(kept);
  // The bundle names the speech runtime, and what recognition costs on this machine.
  const { version, onnxRuntime } = await speechRuntime();
  expect(text).toContain(`"version": "${version}"`);
  expect(text).toContain(`"onnxRuntime": "${onnxRuntime}"`);
  expect(text).toMatch(/"model": "planted-model",\s*"msPerSpeechSecond": 42\.1/);
}, 90_000);
