import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { ADMIN_API, type RouteSpec } from '../../src/http/index.js';
import { FakeLlmServer } from '../fakes/llm-server.js';
import { Browser, codeOf } from '../scenarios/security/browser.js';
import { http } from '../scenarios/conformance/harness.js';
import { ServerUnderTest } from './server.js';

const PASSWORD = 'an end to end password';
const sse = (...words: string[]): string[] => [
  ...words.map((content) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`),
  'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n',
  'data: [DONE]\n\n',
];

describe('the admin API of a real server', () => {
  let server: ServerUnderTest;
  let browser: Browser;
  let model: FakeLlmServer;
  beforeAll(async () => {
    model = await FakeLlmServer.start();
    const { port } = new URL(model.origin);
    server = await ServerUnderTest.start({ 'admin.password': PASSWORD, 'admin.llm_ports': `[${port}]` });
    browser = new Browser(server.running);
    await browser.signIn(PASSWORD);
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    await model.close();
  });

  it('has every route of the contract, answers reads by their schema, and requires credentials', async () => {
    for (const [name, spec] of Object.entries(ADMIN_API) as [string, RouteSpec][]) {
      const path = `/api/v1${spec.path.replace(':id', '02:00:00:00:00:01')}`;
      if (spec.access !== 'public')
        expect([(await http(server.running, { method: spec.method, path })).status, name]).toEqual([401, name]);
      const query = name === 'searchDocuments' ? '?q=anything' : '';
      const answer = await browser.ask(
        spec.method,
        path + query,
        undefined,
        spec.method === 'GET' ? {} : { 'x-chorus-csrf': 'wrong' },
      );
      if (spec.method !== 'GET') expect([answer.status, name]).toEqual([403, name]);
      else if (spec.params === undefined && typeof spec.answer === 'object')
        expect(spec.answer.safeParse(answer.json).error?.issues ?? [], name).toEqual([]);
      // The route exists: an unknown route would be answered with these words.
      expect(answer.text).not.toContain('has no such address');
    }
    expect((await browser.get('/api/v1/openapi.json')).json).toMatchObject({
      openapi: '3.1.0',
      paths: { '/overview': { get: { operationId: 'overview' } } },
    });
  });

  it('registers activation keys of serial numbers, and never shows them', async () => {
    const key = 'ab'.repeat(32);
    const add = (keys: object[]) => browser.ask('POST', '/api/v1/serials', { keys });
    expect(
      (
        await add([
          { serial: 'SN-1', key },
          { serial: 'SN 2', key },
        ])
      ).status,
    ).toBe(400);
    expect((await add([{ serial: 'SN-1', key: key.slice(2) }])).status).toBe(400);
    expect((await add([])).status).toBe(400);
    expect((await browser.get('/api/v1/serials')).json).toEqual({ serials: [] });
    expect(
      (
        await add([
          { serial: 'SN-1', key },
          { serial: 'SN-2', key: key.toUpperCase() },
        ])
      ).status,
    ).toBe(204);
    const after = await browser.get('/api/v1/serials?after=SN-1');
    expect([after.json, after.text.includes('abab')]).toEqual([{ serials: ['SN-2'] }, false]);
    expect((await browser.ask('DELETE', '/api/v1/serials/SN-2')).status).toBe(204);
    expect((await browser.ask('DELETE', '/api/v1/serials/SN-2')).status).toBe(404);
  });

  it('lets a browser talk: it says hello, is listed as a browser, and is removed at its sign-out', async () => {
    const own = new Browser(server.running);
    await own.signIn(PASSWORD);
    const [one, same] = await Promise.all([
      own.ask('POST', '/api/v1/browser-device', {}, { 'accept-language': 'zh' }),
      own.ask('POST', '/api/v1/browser-device', {}),
    ]);
    const device = one.json as { deviceId: string; clientId: string; token: string; websocketUrl: string };
    expect([device.deviceId, device.token]).toEqual([same.json['deviceId'], same.json['token']]);
    expect(device.websocketUrl).toBe(`ws://127.0.0.1:${server.running.port}/xiaozhi/v1/`);
    const open = (more: Readonly<Record<string, string>> = {}): WebSocket => {
      const query = new URLSearchParams({
        'device-id': device.deviceId,
        'client-id': device.clientId,
        authorization: `Bearer ${device.token}`,
        ...more,
      });
      return new WebSocket(`${device.websocketUrl}?${query.toString()}`, {
        origin: `http://127.0.0.1:${server.running.port}`,
      });
    };
    const refusedWith = (socket: WebSocket): Promise<number | undefined> =>
      new Promise((resolve) => {
        socket.on('error', () => undefined);
        socket.on('unexpected-response', (_request, response) => resolve(response.statusCode));
        socket.on('open', () => resolve(undefined));
      });
    expect(await refusedWith(open({ authorization: `Bearer ${'A'.repeat(43)}.1` }))).toBe(401);
    expect(await refusedWith(open({ 'client-id': 'somebody-else' }))).toBe(401);
    const socket = open();
    expect(await refusedWith(socket)).toBeUndefined();
    socket.send(
      JSON.stringify({
        type: 'hello',
        version: 1,
        transport: 'websocket',
        audio_params: { format: 'opus', sample_rate: 16_000, channels: 1, frame_duration: 60 },
      }),
    );
    const [hello] = await new Promise<unknown[]>((resolve) =>
      socket.once('message', (data: Buffer) => resolve([JSON.parse(data.toString('utf8'))])),
    );
    expect(hello).toMatchObject({ type: 'hello', transport: 'websocket' });
    const listed = async (): Promise<readonly { deviceId: string }[]> =>
      ((await browser.get('/api/v1/devices')).json['devices'] as { deviceId: string }[]).filter(
        ({ deviceId }) => deviceId === device.deviceId,
      );
    expect(await listed()).toMatchObject([{ browser: true, connected: true, bound: true }]);
    const speaks = new Promise<void>((resolve) =>
      socket.on('message', (data: Buffer, binary) => {
        if (!binary && data.toString('utf8').includes('"state":"start"')) resolve();
      }),
    );
    socket.send(JSON.stringify({ type: 'listen', state: 'start', mode: 'auto' }));
    const said = await browser.ask('POST', `/api/v1/devices/${device.deviceId}/say`, { text: 'Dinner is ready.' });
    expect(said.json).toMatchObject({ awake: true });
    await speaks;
    const kept = await browser.ask('POST', '/api/v1/devices/02:00:00:00:00:09/say', { text: 'x' });
    expect(kept.status).toBe(404);
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    await own.ask('DELETE', '/api/v1/session');
    expect(await closed).toBe(1008);
    await expect.poll(listed).toEqual([]);
    expect(await refusedWith(open())).toBe(401);
    // Only a signed-in browser can become a device.
    expect(codeOf(await http(server.running, { method: 'POST', path: '/api/v1/browser-device' }))).toBe(
      'admin.not_signed_in',
    );
  }, 30_000);

  it('tries a language model and reports time and answer, or the reason, in the language of the request', async () => {
    model.script({ kind: 'sse', chunks: sse('Hel', 'lo.') });
    const good = await browser.ask('POST', '/api/v1/llm/try', {
      baseUrl: model.baseUrl,
      model: 'm',
      apiKey: 'key-of-the-trial',
    });
    expect(good.json).toMatchObject({
      ok: true,
      text: 'Hello.',
      model: 'm',
      firstTokenMs: expect.any(Number) as number,
    });
    expect(model.requests.at(-1)).toMatchObject({ authorization: 'Bearer key-of-the-trial' });
    model.script({
      kind: 'status',
      status: 401,
      body: '{"error":{"message":"bad key key-of-the-trial, and <b>internal page</b>"}}',
    });
    const bad = await browser.ask(
      'POST',
      '/api/v1/llm/try',
      { baseUrl: model.baseUrl, model: 'm', apiKey: 'key-of-the-trial' },
      { 'accept-language': 'zh-CN' },
    );
    expect(bad.json).toMatchObject({
      ok: false,
      error: {
        code: 'llm.bad_key',
        message: expect.stringContaining('大模型拒绝了') as string,
        remedy: expect.stringContaining('请检查密钥') as string,
      },
    });
    // The page never shows what a typed address answered.
    expect(bad.text).not.toMatch(/key-of-the-trial|internal page/);
    expect(codeOf(await browser.ask('POST', '/api/v1/llm/try', { preset: 'no-such' }))).toBe('admin.bad_request');
  }, 30_000);

  it('speaks a sentence by a voice of this machine', async () => {
    const listen = await browser.ask('POST', '/api/v1/voices/listen', {
      provider: 'flite',
      text: 'Good morning.',
      language: 'en-US',
    });
    expect([listen.status, listen.headers['content-type'], listen.text.slice(0, 4)]).toEqual([
      200,
      'audio/wav',
      'RIFF',
    ]);
    expect(codeOf(await browser.ask('POST', '/api/v1/voices/listen', { provider: 'flite', language: 'zh-CN' }))).toBe(
      'tts.unavailable',
    );
    expect(
      codeOf(await browser.ask('POST', '/api/v1/voices/listen', { provider: 'melo-zh-en', language: 'zh-CN' })),
    ).toBe('tts.unavailable');
  }, 30_000);

  it('changes the configuration: checks, backs up, tries and applies it, and rolls back failures', async () => {
    const file = join(server.dataDir, 'config.yaml');
    // The model gives short answers. The offline assistant would repeat everything that the trial's simulated device
    // says.
    model.script({ kind: 'sse', chunks: sse('Hel', 'lo.') });
    await writeFile(file, `# kept\nsession:\n  greeting: true\nllm:\n  base_url: ${model.baseUrl}\n  model: m\n`);
    expect(await server.running.reload()).toMatchObject({ ok: true });
    const change = (set: Readonly<Record<string, unknown>>): ReturnType<Browser['ask']> =>
      browser.ask('PATCH', '/api/v1/config', { set });
    const applied = await change({ 'session.greeting': false, 'models.locale': 'cn' });
    expect(applied.json).toEqual({
      ok: true,
      changed: ['session.greeting'],
      restart: ['models.locale'],
      backup: expect.stringMatching(/^\d{8}_\d{6}/) as string,
    });
    const written = await readFile(file, 'utf8');
    expect(written).toContain('# kept\nsession:\n  greeting: false\n');
    const { fields, restart, backups } = (await browser.get('/api/v1/config')).json as {
      fields: Record<string, unknown>[];
      restart: string[];
      backups: unknown[];
    };
    expect(fields.find(({ key }) => key === 'session.greeting')).toMatchObject({
      value: false,
      set: true,
      fixed: false,
      live: true,
      changeable: true,
    });
    expect(fields.find(({ key }) => key === 'admin.password')).toMatchObject({
      value: '***',
      secret: true,
      fixed: true,
      changeable: false,
    });
    expect([restart, backups.length]).toEqual([['models.locale'], 1]);

    // This configuration is valid, but its key is wrong, so the earlier file stays.
    model.script({ kind: 'status', status: 401, body: '{"error":{"message":"no"}}' });
    const refused = await change({
      'llm.base_url': model.baseUrl,
      'llm.model': 'm',
      'llm.api_key': 'a-wrong-key-0123456',
    });
    expect([refused.status, refused.json]).toMatchObject([
      422,
      { ok: false, part: 'llm', error: { code: 'llm.bad_key' } },
    ]);
    expect(await readFile(file, 'utf8')).toBe(written);
    expect(refused.text).not.toContain('a-wrong-key-0123456');

    // Invalid values and forbidden changes are refused.
    const mistakes = async (set: Readonly<Record<string, unknown>>): Promise<unknown[]> => {
      const { status, json } = await change(set);
      expect([status, json['ok']]).toEqual([422, false]);
      return (json['mistakes'] as { key: string }[]).map(({ key }) => key);
    };
    expect(await mistakes({ 'session.idle_close_ms': 'soon' })).toEqual(['session.idle_close_ms']);
    const forbidden = {
      'admin.password': 'taken over',
      'admin.hosts': ['evil.example'],
      'server.host': '0.0.0.0',
      'log.file': '/etc/cron.d/x',
      'tts.edge.url': 'wss://evil.example',
      'store.url': 'postgres://evil.example/x',
      'telemetry.otlp_endpoint': 'http://evil.example',
      'no.such.key': 1,
      '__proto__.x': 1,
      'llm.services': { own: { base_url: 'http://evil.example/v1', model: 'm' } },
      'llm.service_keys': { own: 'file:local-token' },
    };
    for (const [key, value] of Object.entries(forbidden)) expect(await mistakes({ [key]: value })).toEqual([key]);
    // This key was set by a flag, which overrides the file, so it cannot be changed.
    expect(await mistakes({ 'tts.provider': 'edge' })).toEqual(['tts.provider']);
    for (const reference of ['file:/etc/passwd', 'env:PATH', { own: 'file:/etc/passwd' }])
      expect(await mistakes({ 'llm.api_key': reference })).toEqual(['llm.api_key']);
    for (const address of ['http://169.254.169.254/v1', 'http://127.0.0.1:22/v1', 'http://[::ffff:169.254.169.254]/']) {
      expect(await mistakes({ 'llm.base_url': address })).toEqual(['llm.base_url']);
      expect(codeOf(await browser.ask('POST', '/api/v1/llm/try', { baseUrl: address, model: 'm' }))).toBe(
        'admin.address_refused',
      );
    }
    // A host name is accepted only if it resolves now, and only to addresses that are allowed.
    expect(await mistakes({ 'llm.base_url': 'http://nowhere.invalid/v1' })).toEqual(['llm.base_url']);
    expect(await readFile(file, 'utf8')).toBe(written);
  }, 150_000);

  it('lists recent problems in both languages, each once with a count', async () => {
    for (let times = 0; times < 3; times++) await new Browser(server.running).signIn('a wrong password');
    const { problems } = (await browser.get('/api/v1/problems')).json as { problems: { code?: string }[] };
    expect(problems.find(({ code }) => code === 'admin.wrong_password')).toMatchObject({
      level: 'warn',
      count: 3,
      text: { zh: '输入的网页密码不对' },
      remedy: { en: expect.stringContaining('admin password') as string },
    });
  });
});
