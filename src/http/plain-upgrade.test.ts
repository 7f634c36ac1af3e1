import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { answerWithoutUpgrade } from './plain-upgrade.js';

const UPGRADE = 'POST /x HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 4\r\n\r\n';

it('closes a refused connection even if the client leaves its half open', async () => {
  const upgraded: Socket[] = [];
  const server = createServer().on('upgrade', (request: IncomingMessage, socket: Socket) => {
    upgraded.push(socket);
    answerWithoutUpgrade(request, socket, () => undefined);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const client = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true });
  try {
    client.write(UPGRADE);
    const [answer] = await once(client, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 400 /);
    await expect.poll(() => upgraded.map(({ destroyed }) => destroyed)).toEqual([true]);
  } finally {
    client.destroy();
    server.close();
  }
});
