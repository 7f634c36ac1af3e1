import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { readLocalToken } from '../../src/http/index.js';
import { FakeLlmServer } from '../fakes/llm-server.js';
import { http, otaHeaders, PEERS } from '../scenarios/conformance/harness.js';
import { Browser } from '../scenarios/security/browser.js';
import { ServerUnderTest } from './server.js';
import { spoken } from './transcripts.js';

/** Secrets in the configuration that must never be shown. */
const CONFIGURED = {
  'admin.password': 'planted-admin-password',
  'llm.api_key': 'planted-llm-key-0123456789',
  'llm.fallback.api_key': 'planted-fallback-key-012345',
  'tts.openai.api_key': 'planted-speech-key-0123456',
  'metrics.token': 'planted-metrics-token-0123',
} as const;
const SENT = [
  'planted-wrong-password',
  'planted-trial-key-01234567',
  'planted-new-key-0123456789',
  'planted-wrong-bearer-012345',
  'planted-wrong-token-0123456',
  'planted-query-token-012345',
];

describe('planted secrets', () => {
  let server: ServerUnderTest;
  let model: FakeLlmServer;
  const seen: string[] = [];
  /** Makes the model refuse with a message that quotes the key, as some services do. */
  const quote = (key: string): void =>
    model.script({ kind: 'status', status: 401, body: `{"error":{"message":"Incorrect API key provided: ${key}"}}` });
  const secrets: string[] = [...Object.values(CONFIGURED), ...SENT];
  beforeAll(async () => {
    model = await FakeLlmServer.start();
    quote(CONFIGURED['llm.api_key']);
    server = await ServerUnderTest.start({
      ...CONFIGURED,
      'log.level': 'debug',
      'log.file': 'chorus.log',
      'llm.base_url': model.baseUrl,
      'llm.model': 'm',
      'admin.llm_ports': new URL(model.origin).port,
    });
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    await model.close();
  });

  it('are in no answer, no log line and no file of the data folder that others may read', async () => {
    const { running } = server;
    const browser = new Browser(running);
    const ask = async (...asked: Parameters<Browser['ask']>): Promise<void> =>
      void seen.push((await browser.ask(...asked)).text);
    await ask('POST', '/api/v1/session', { password: SENT[0] });
    await ask('POST', '/api/v1/session', `{"password":"${SENT[0] ?? ''}`);
    const signedIn = await browser.signIn(CONFIGURED['admin.password']);
    expect(signedIn.status).toBe(200);
    seen.push(JSON.stringify(signedIn.headers).replaceAll(/chorus_session=[\w-]+/g, ''));
    secrets.push(
      (browser.cookie ?? '').split('=')[1] ?? '',
      browser.csrf ?? '',
      (await readLocalToken(server.dataDir)) ?? '',
    );
    quote(SENT[1] ?? '');
    await ask('POST', '/api/v1/llm/try', { baseUrl: model.baseUrl, model: 'm', apiKey: SENT[1] });
    quote(CONFIGURED['llm.api_key']);
    await ask('POST', '/api/v1/llm/try', { baseUrl: model.baseUrl, model: 'm' });
    expect(model.requests.at(-1)).toMatchObject({ authorization: `Bearer ${CONFIGURED['llm.api_key']}` });
    await ask('POST', '/api/v1/llm/try', { baseUrl: `http://${SENT[1] ?? ''}@127.0.0.1:1/`, model: 'm' });
    // This key is tested before it is used.
    quote(CONFIGURED['llm.fallback.api_key']);
    await writeFile(
      join(server.dataDir, 'config.yaml'),
      `llm:\n  fallback:\n    base_url: ${model.baseUrl}\n    model: m2\n`,
    );
    expect((await running.reload())?.ok).toBe(false);
    quote(CONFIGURED['llm.api_key']);
    await ask('PATCH', '/api/v1/config', {
      set: { 'llm.fallback.preset': 'openai', 'tts.openai.api_key': SENT[2], nonsense: SENT[2] },
    });
    await ask('PATCH', '/api/v1/config', {
      set: { 'llm.fallback.api_key': `file:${join(server.dataDir, 'local-token')}` },
    });
    await ask('POST', '/api/v1/password', { current: SENT[0], next: SENT[2] });
    await ask('POST', '/api/v1/pairing', `{"code":"${SENT[3] ?? ''}"`);
    seen.push(
      (await http(running, { path: '/api/v1/config', headers: { authorization: `Bearer ${SENT[3] ?? ''}` } })).text,
    );
    seen.push((await http(running, { path: '/metrics', headers: { authorization: `Bearer ${SENT[3] ?? ''}` } })).text);
    seen.push(
      (
        await http(running, {
          method: 'POST',
          path: '/xiaozhi/ota/',
          headers: {
            ...otaHeaders('02:00:00:00:00:01', 'c'),
            authorization: `Bearer ${SENT[4] ?? ''}`,
            'x-chorus-local': SENT[4] ?? '',
          },
          body: '{}',
          from: PEERS.loopback,
        })
      ).text.replaceAll(/"token":"[^"]*"/g, ''),
    );
    for (const url of [
      '/xiaozhi/v1/',
      `/xiaozhi/v1/?device-id=02:00:00:00:00:02&client-id=c&authorization=${SENT[5] ?? ''}`,
    ]) {
      await new Promise<void>((resolve) => {
        const socket = new WebSocket(`ws://127.0.0.1:${running.port}${url}`, {
          origin: `http://127.0.0.1:${running.port}`,
          headers: url.includes('?')
            ? {}
            : { 'Device-Id': '02:00:00:00:00:02', 'Client-Id': 'c', Authorization: `Bearer ${SENT[4] ?? ''}` },
        });
        socket.on('error', () => resolve());
        socket.on('close', () => resolve());
      });
    }
    // In this turn, the model refuses the key and quotes it.
    const device = await server.device();
    await device.say(spoken('austen-0880'), { begin: 'click' });
    device.close();
    expect(running.status().connections).toBeLessThanOrEqual(1);
    for (const path of [
      'session',
      'overview',
      'config',
      'problems',
      'turns',
      'devices',
      'models',
      'voices',
      'llm/presets',
      'openapi.json',
      'upkeep',
      'firmware',
    ]) {
      const { text } = await browser.get(`/api/v1/${path}`);
      expect(text.length, path).toBeGreaterThan(10);
      seen.push(path === 'session' ? text.replaceAll(/"csrf":"[^"]*"/g, '') : text);
    }
    for (const path of ['/readyz', '/healthz', '/metrics', '/', '/xiaozhi/ota/'])
      seen.push((await http(running, { path })).text);
    await running.drain('test');
    const log = await readFile(join(server.dataDir, 'chorus.log'), 'utf8');
    expect(log).toContain('wrong password of the admin');
    seen.push(log);
    expect(secrets.filter((secret) => secret.length < 16)).toEqual([]);
    for (const secret of secrets)
      for (const text of seen)
        expect(
          text.includes(secret) ? text.slice(Math.max(0, text.indexOf(secret) - 200), text.indexOf(secret) + 60) : '',
          secret,
        ).toBe('');
    expect(await readdir(server.dataDir)).toContain('local-token');
  }, 120_000);
});
