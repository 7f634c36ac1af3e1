import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfig, parseSetFlag, type LoadedConfig } from '../../config/index.js';
import { systemClock } from '../../core/index.js';
import { createLanguageModelControl, type LanguageModelControl } from './language-model.js';

let service: Server;
let port = 0;
const keys: (string | undefined)[] = [];
beforeEach(async () => {
  keys.length = 0;
  service = createServer((request, response) => {
    keys.push(request.headers.authorization);
    response.writeHead(401).end('{"error":{"message":"no key"}}');
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  port = (service.address() as AddressInfo).port;
});
afterEach(() => new Promise((resolve) => service.close(resolve)));

/** `settings` are in the form `KEY=VALUE`. */
async function controlWith(...settings: readonly string[]): Promise<LanguageModelControl> {
  const loaded = (await loadConfig({
    dataDir: '/nowhere',
    env: {},
    flags: settings.map(parseSetFlag),
  })) as LoadedConfig;
  return createLanguageModelControl({ live: { current: loaded.config }, clock: systemClock, env: {} });
}

it('tries the configured fallback with its key, on any port, and reports what the service says', async () => {
  const control = await controlWith(
    `llm.fallback.base_url=http://127.0.0.1:${port}/v1`,
    'llm.fallback.model=toy',
    'llm.fallback.api_key=kept-key-2',
    'admin.llm_ports=[]',
  );
  const request = { baseUrl: `http://127.0.0.1:${port}/v1/`, model: 'toy' };
  expect(await control.try(request, 'en', new AbortController().signal)).toMatchObject({
    error: { code: 'llm.bad_key', message: 'HTTP 401' },
  });
  expect(keys).toEqual(['Bearer kept-key-2']);
});

it('does not send a key that was configured for another address, and reports this as the reason', async () => {
  const control = await controlWith(
    'llm.base_url=https://llm.example/v1',
    'llm.model=toy',
    'llm.api_key=kept-key-1',
    `admin.llm_ports=[${port}]`,
  );
  const { signal } = new AbortController();
  const request = { baseUrl: `http://127.0.0.1:${port}/v1`, model: 'toy' };
  expect(await control.try(request, 'en', signal)).toEqual({
    ok: false,
    error: {
      code: 'llm.no_key',
      message: 'the key that is set belongs to another address and was not sent to this one',
      remedy: 'Enter the key of this service.',
    },
  });
  expect(keys).toEqual([undefined]);
  expect(await control.try({ ...request, apiKey: 'typed-key' }, 'zh', signal)).toMatchObject({
    error: { code: 'llm.bad_key' },
  });
});
