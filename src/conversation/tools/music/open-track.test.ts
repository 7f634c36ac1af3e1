import { getEventListeners, once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { openTrack } from './open-track.js';

it('no longer listens to the signal once a station is closed, or could not be opened', async () => {
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/there' ? 200 : 404, { 'content-type': 'audio/mpeg' }).end('x');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { signal } = new AbortController();
  const open = (path: string) =>
    openTrack(
      { title: 'Station', kind: 'station', place: `http://127.0.0.1:${port}/${path}` },
      0,
      { allowPrivate: true },
      signal,
    );
  try {
    const { sound } = await open('there');
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    sound.close();
    await expect(open('missing')).rejects.toThrow('the station answered with HTTP 404');
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  } finally {
    server.close();
  }
});
