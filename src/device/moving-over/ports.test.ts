import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { silentLogger } from '../../core/index.js';
import { DEFAULT_LIMITS } from '../access/limits.js';
import { MovingOverPorts } from './ports.js';

const UPGRADE = 'GET /xiaozhi/v1/ HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

it('closes a WebSocket upgrade even if the client keeps it open, and survives a broken connection', async () => {
  const accepted: Socket[] = [];
  const ports = new MovingOverPorts({
    host: '127.0.0.1',
    ports: [0],
    limits: DEFAULT_LIMITS,
    log: silentLogger,
    handle: () => undefined,
    admit: (socket) => accepted.push(socket) > 0,
    mayAsk: () => true,
    onPipelined: () => undefined,
  });
  await ports.listen();
  const client = connect({ port: ports.states[0]?.port ?? 0, host: '127.0.0.1', allowHalfOpen: true });
  try {
    client.write(UPGRADE);
    const [answer] = await once(client, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 404 /);
    const [socket] = accepted;
    // Without a listener for errors, this would throw.
    socket?.emit('error', new Error('reset by the device'));
    await expect.poll(() => socket?.destroyed).toBe(true);
  } finally {
    client.destroy();
    await ports.close();
  }
});
