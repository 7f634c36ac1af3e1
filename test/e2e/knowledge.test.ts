import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLocalToken } from '../../src/http/index.js';
import { pdfOf } from '../fakes/documents.js';
import { ServerUnderTest } from './server.js';

describe('the knowledge store of a server', () => {
  let server: ServerUnderTest;
  let authorization: string;
  let call: (method: string, path: string, body?: Uint8Array, type?: string) => Promise<Response>;
  beforeAll(async () => {
    server = await ServerUnderTest.start({}, false);
    authorization = `Bearer ${(await readLocalToken(server.dataDir)) ?? ''}`;
    call = (method, path, body, type = 'application/octet-stream') =>
      fetch(`http://127.0.0.1:${server.running.port}/api/v1${path}`, {
        method,
        headers: { authorization, ...(body && { 'content-type': type }) },
        ...(body && { body }),
      });
  }, 90_000);
  afterAll(() => server.stop());

  it('reads a PDF of 300 pages in another process, finds its passages, and deletes it', async () => {
    const pages = Array.from({ length: 300 }, (_, n) => [
      `Chapter ${n + 1} of the handbook.`,
      `Part number ${1000 + n} is the ${n === 211 ? 'turquoise gasket' : 'grey gasket'}.`,
      `第 ${n + 1} 章：零件编号 ${1000 + n}。`,
    ]);
    const added = await call('POST', '/knowledge?file=handbook.pdf&collection=works', pdfOf(pages, 'Handbook'));
    expect(added.status).toBe(201);
    const { document } = (await added.json()) as { readonly document: { readonly id: string } };
    expect(document).toMatchObject({ collection: 'works', title: 'Handbook', format: 'pdf', pages: 300 });
    const found = async (query: string): Promise<unknown> => (await call('GET', `/knowledge/search?${query}`)).json();
    expect(await found('q=turquoise%20gasket&most=1')).toMatchObject({
      passages: [{ title: 'Handbook', place: 'p. 212', documentId: document.id }],
    });
    expect(await found('q=turquoise%20gasket&collection=other')).toEqual({ passages: [] });
    expect((await call('DELETE', `/knowledge/${document.id}`)).status).toBe(204);
    expect((await call('DELETE', `/knowledge/${document.id}`)).status).toBe(404);
    expect(await found('q=turquoise%20gasket')).toEqual({ passages: [] });
  }, 120_000);

  it('refuses unreadable files, in the language of the request, and keeps running', async () => {
    const refusal = async (body: Uint8Array, file: string): Promise<unknown> =>
      (await call('POST', `/knowledge?file=${file}`, body)).json();
    expect(await refusal(new Uint8Array([1, 0, 2]), 'x.bin')).toMatchObject({
      error: { code: 'knowledge.unreadable', message: expect.stringContaining('it is no text') as string },
    });
    expect(await statusOfAnnounced(21 * 2 ** 20)).toBe(413);
    const json = await call('POST', '/knowledge?file=x.txt', new TextEncoder().encode('{}'), 'application/json');
    expect(json.status).toBe(400);
    expect(await (await call('GET', '/knowledge')).json()).toEqual({ documents: [] });
  }, 120_000);

  /** Announces a file of this size without sending any of it. Returns the status of the answer. */
  async function statusOfAnnounced(bytes: number): Promise<number | undefined> {
    const headers = { authorization, 'content-type': 'application/octet-stream', 'content-length': bytes };
    const { port } = server.running;
    const asked = request({ host: '127.0.0.1', port, method: 'POST', path: '/api/v1/knowledge?file=x.txt', headers });
    asked.flushHeaders();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    asked.on('error', () => undefined).destroy();
    return response.statusCode;
  }
});
