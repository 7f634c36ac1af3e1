import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { errorWords, systemClock } from '../../core/index.js';
import { fleetIdentity } from './identity.js';
import { askOta } from './ota-client.js';

let server: Server | undefined;
afterEach(() => new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve))));

async function refusedWith(status: number): Promise<unknown> {
  server = createServer((_request, response) => void response.writeHead(status).end('{"error":{}}'));
  const { port } = await new Promise<AddressInfo>((resolve) =>
    server?.listen(0, '127.0.0.1', () => resolve(server?.address() as AddressInfo)),
  );
  const options = {
    url: `http://127.0.0.1:${port}/xiaozhi/ota/`,
    identity: fleetIdentity(0, 'en-US'),
    clock: systemClock,
  };
  return askOta(options, new AbortController().signal).catch((error: unknown) => error);
}

it("reports the server's own problem when its disk is full, and does not blame the address", async () => {
  const error = await refusedWith(500);
  expect(error).toMatchObject({ code: 'device.refused', details: { status: 500 } });
  const [en, zh] = [errorWords(error as never, 'en'), errorWords(error as never, 'zh')];
  expect(`${en.message} ${en.remedy}`).toMatch(/problem of its own.*full disk/);
  expect(`${en.message} ${en.remedy}`).not.toContain('is this the OTA address');
  expect(`${zh.message} ${zh.remedy}`).toMatch(/自己出了问题.*磁盘满/);
});

it('asks about the address when another program answers', async () => {
  const error = await refusedWith(404);
  expect(errorWords(error as never, 'en').message).toContain('is this the OTA address?');
});
