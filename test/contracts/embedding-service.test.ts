import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EmbeddingService } from '../../src/conversation/knowledge/embedding-service.js';
import { FakeClock } from '../fakes/fake-clock.js';
import { ScriptedHttp, type HttpScript } from '../fakes/scripted-http.js';

const WAIT_MS = 250;
const json = (value: unknown): HttpScript => ({ status: 200, body: JSON.stringify(value) });
const vectors = (...all: readonly (readonly number[])[]): HttpScript =>
  json({ object: 'list', data: all.map((embedding, index) => ({ object: 'embedding', index, embedding })) });

describe('an embedding service', () => {
  let http: ScriptedHttp;
  let clock: FakeClock;
  let service: EmbeddingService;
  const ended = new AbortController();
  const embed = (...texts: readonly string[]): ReturnType<EmbeddingService['embed']> =>
    service.embed(texts, WAIT_MS, ended.signal);

  beforeEach(async () => {
    http = await ScriptedHttp.start(vectors([1, 0]));
    clock = new FakeClock();
    service = new EmbeddingService({ baseUrl: `${http.url}/v1/`, apiKey: 'sk-1', model: 'bge-m3', fetch, clock });
  });
  afterEach(() => http.close());

  it("gets requests like OpenAI's, and its vectors are put into the order of the texts", async () => {
    http.script(
      json({
        data: [
          { index: 1, embedding: [0, 1] },
          { index: 0, embedding: [0.5, -1e-3] },
        ],
      }),
    );
    expect(await embed('a', '二')).toEqual([
      [0.5, -1e-3],
      [0, 1],
    ]);
    const [call] = http.calls;
    expect([call?.path, call?.headers.authorization]).toEqual(['/v1/embeddings', 'Bearer sk-1']);
    expect(JSON.parse(String(call?.body))).toEqual({ model: 'bge-m3', input: ['a', '二'], encoding_format: 'float' });
  });

  it('may omit the positions of its vectors, and may need no key', async () => {
    service = new EmbeddingService({ baseUrl: http.url, apiKey: undefined, model: 'm', fetch, clock });
    http.script(json({ data: [{ embedding: [1] }, { embedding: [2] }] }));
    expect(await embed('a', 'b')).toEqual([[1], [2]]);
    expect(http.calls[0]?.headers).not.toHaveProperty('authorization');
  });

  it.each([
    ['fewer vectors than texts', vectors([1, 0])],
    ['vectors of different lengths', vectors([1, 0], [1])],
    ['an empty vector', vectors([], [])],
    [
      'a vector of far too many dimensions',
      vectors(
        Array.from({ length: 4097 }, () => 1),
        [1],
      ),
    ],
    ['invalid numbers', json({ data: [{ embedding: ['1'] }, { embedding: [null] }] })],
    [
      'the same position twice',
      json({
        data: [
          { index: 0, embedding: [1] },
          { index: 0, embedding: [1] },
        ],
      }),
    ],
    ['something else', json({ error: 'no such model' })],
    ['no JSON', { status: 200, body: '<html>' } as const],
    ['half an answer', 'cut'],
    ['50 MB', 'flood'],
    ['an error', { status: 500 } as const],
    ['a wrong key', { status: 401, body: '{"error":"sk-1"}' } as const],
  ] as const)('that answers with %s fails with a message that does not quote it', async (_what, script) => {
    http.script(script);
    const failure: unknown = await embed('a', 'b').then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({
      code: expect.stringMatching(/^(tool\.failed|knowledge\.no_embedding)$/) as string,
    });
    expect(String(failure)).not.toContain('sk-1');
  });

  it.each(['silent', 'drip'] as const)('that is %s is given up in time', async (script) => {
    http.script(script);
    const asked = embed('a');
    const settled = asked.then(
      () => undefined,
      (error: unknown) => error,
    );
    while (http.open === 0) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(WAIT_MS);
    expect(await settled).toMatchObject({ code: 'knowledge.no_embedding' });
  });

  it('that asks for a pause gets no request during it', async () => {
    http.script({ status: 429, headers: { 'retry-after': '20' } }, vectors([1]));
    await expect(embed('a')).rejects.toThrow('20 s');
    await clock.advance(19_000);
    await expect(embed('a')).rejects.toThrow('1 s');
    expect(http.calls).toHaveLength(1);
    await clock.advance(1000);
    expect(await embed('a')).toEqual([[1]]);
  });

  it('gets no more requests after the server ends', async () => {
    http.script('silent');
    const asked = service.embed(['a'], WAIT_MS, AbortSignal.abort(new Error('over')));
    await expect(asked).rejects.toThrow('over');
  });
});
