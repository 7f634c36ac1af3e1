import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/index.js';
import { EDGE_VERSION, edgeTts, type EdgeOptions, type EdgeTts } from '../../src/providers/tts/edge/edge.js';
import { FakeEdgeServer, SPEECH_MP3, SPEECH_TEXT } from '../fakes/edge-server.js';
import { gateFor } from '../fakes/service-gate.js';
import { FakeClock } from '../fakes/fake-clock.js';
import { codeOf, eventually, failureOf } from '../../src/plugin/testing/suite.js';
import { collect, OVERLONG_BYTES, ttsContract } from '../../src/plugin/testing/voice.js';

const REQUEST = { text: SPEECH_TEXT, language: 'en-US' };
const never = (): AbortSignal => new AbortController().signal;

let server: FakeEdgeServer;
beforeEach(async () => {
  server = await FakeEdgeServer.start();
});
afterEach(() => server.close());

function edge(options: Partial<EdgeOptions> = {}): EdgeTts {
  return edgeTts({
    clock: systemClock,
    url: server.url,
    gate: gateFor(),
    ...options,
  });
}

describe('Edge with a scripted server', () => {
  ttsContract(it, () => ({
    provider: edge(),
    request: REQUEST,
    open: () => server.open,
    endless: () => {
      server.script({ kind: 'hang', afterBytes: 4_000 });
      return REQUEST;
    },
    overlong: () => {
      server.script({ kind: 'flood', copies: Math.ceil(OVERLONG_BYTES / SPEECH_MP3.byteLength) }, { kind: 'speak' });
      return REQUEST;
    },
  }));
});

describe('the request to Edge', () => {
  it('has the client, the format and the text', async () => {
    await collect(await edge({ rate: 1.25 }).synthesize({ text: '“A&B” <你好>', language: 'zh-CN' }, never()));
    const turn = await server.turn(0);
    expect(turn.text).toBe('“A&B” <你好>');
    expect(turn.voice).toBe('zh-CN-XiaoxiaoNeural');
    expect(turn.rate).toBe('+25%');
    expect(turn.ssml).toContain("xml:lang='zh-CN'");
    expect(turn.requestId).toMatch(/^[0-9a-f]{32}$/);
    expect(turn.config).toMatchObject({
      context: { synthesis: { audio: { outputFormat: 'audio-24khz-48kbitrate-mono-mp3' } } },
    });
    expect(turn.headers.origin).toBe('chrome-extension://jdiccldimpdaibmpdkjnbmckianbfold');
    expect(turn.headers['user-agent']).toContain(`Edg/${EDGE_VERSION.split('.')[0]}.0.0.0`);
    expect(turn.url.searchParams.get('Sec-MS-GEC-Version')).toBe(`1-${EDGE_VERSION}`);
    expect(turn.url.searchParams.get('ConnectionId')).toMatch(/^[0-9a-f]{32}$/);
  });

  it('takes the browser version and a voice from its options and request', async () => {
    await collect(
      await edge({ version: '150.1.2.3' }).synthesize(
        { ...REQUEST, voice: 'zh-CN-liaoning-XiaobeiNeural', rate: 0.5 },
        never(),
      ),
    );
    const turn = await server.turn(0);
    expect(turn.voice).toBe('zh-CN-liaoning-XiaobeiNeural');
    expect(turn.rate).toBe('-50%');
    expect(turn.headers['user-agent']).toContain('Edg/150.0.0.0');
    expect(turn.url.searchParams.get('Sec-MS-GEC-Version')).toBe('1-150.1.2.3');
  });

  it('returns exactly the audio of its own request', async () => {
    expect(await collect(await edge().synthesize(REQUEST, never()))).toEqual(SPEECH_MP3);
  });

  it('opens no more than four connections at a time', async () => {
    const release = server.hold();
    const provider = edge();
    const all = Array.from({ length: 9 }, async () => collect(await provider.synthesize(REQUEST, never())));
    await server.turn(3);
    // Even a request that is waiting for a place can be aborted.
    const controller = new AbortController();
    const waiting = failureOf(() => provider.synthesize(REQUEST, controller.signal));
    controller.abort(new Error('gone'));
    expect(await waiting).toEqual(new Error('gone'));
    expect(server.turns).toHaveLength(4);
    release();
    await Promise.all(all);
    expect(server.turns).toHaveLength(9);
    expect(server.maxOpen).toBe(4);
  });

  it('stops reading when nobody takes the audio, and continues with the next reader', async () => {
    const copies = Math.floor(14e6 / SPEECH_MP3.byteLength);
    server.script({ kind: 'flood', copies });
    const audio = await edge().synthesize(REQUEST, never());
    const turn = await server.turn(0);
    // The kernel's buffers hold a part of the audio, and the rest has to wait in the server.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(turn.unsentBytes).toBeGreaterThan(0);
    expect((await collect(audio)).byteLength).toBe(copies * SPEECH_MP3.byteLength);
  });
});

describe('an expected sentence', () => {
  it('is spoken over an already open connection', async () => {
    const provider = edge();
    provider.expect?.(never());
    await eventually(() => server.open === 1);
    expect(await collect(await provider.synthesize(REQUEST, never()))).toEqual(SPEECH_MP3);
    await eventually(() => server.open === 0);
    expect(await collect(await provider.synthesize(REQUEST, never()))).toEqual(SPEECH_MP3);
    expect(server.connections).toBe(2);
  });

  it('waits only for the connection that is being opened', async () => {
    const provider = edge();
    provider.expect?.(never());
    expect(await collect(await provider.synthesize(REQUEST, never()))).toEqual(SPEECH_MP3);
    expect(server.connections).toBe(1);
    await eventually(() => server.open === 0);
  });

  it.each([
    ['at once', false],
    ['while the connection is being opened', true],
  ])('can be aborted %s, even if the service does not answer', async (_, waits) => {
    server.script({ kind: 'deaf' });
    const provider = edge();
    const expecting = new AbortController();
    provider.expect?.(expecting.signal);
    const controller = new AbortController();
    const failure = failureOf(() => provider.synthesize(REQUEST, controller.signal));
    if (waits) await new Promise(setImmediate);
    controller.abort(new Error('gone'));
    expect(await failure).toEqual(new Error('gone'));
    expecting.abort();
  });

  it.each([
    ['open', true],
    ['being opened', false],
  ])('that does not come leaves no task: the connection is %s', async (_, opened) => {
    const provider = edge();
    const expecting = new AbortController();
    provider.expect?.(expecting.signal);
    if (opened) await eventually(() => server.open === 1);
    expecting.abort();
    await eventually(() => server.open === 0);
    await collect(await provider.synthesize(REQUEST, never()));
    expect(server.turns).toHaveLength(1);
  });

  it('is not cut when the first user finishes: the connection belongs to its present sentence', async () => {
    const release = server.hold();
    const provider = edge();
    const expecting = new AbortController();
    provider.expect?.(expecting.signal);
    const speaking = provider.synthesize(REQUEST, never());
    await server.turn(0);
    expecting.abort();
    release();
    expect(await collect(await speaking)).toEqual(SPEECH_MP3);
    expect(server.connections).toBe(1);
  });

  it('is spoken even if the service has closed the connection, noticed or not', async () => {
    const provider = edge();
    provider.expect?.(never());
    await eventually(() => server.open === 1);
    server.hangUp();
    await eventually(() => server.open === 0);
    expect(await collect(await provider.synthesize(REQUEST, never()))).toEqual(SPEECH_MP3);
    server.script({ kind: 'break', afterBytes: 0, how: 'cut' }, { kind: 'speak' });
    provider.expect?.(never());
    await eventually(() => server.open === 1);
    expect(await collect(await provider.synthesize(REQUEST, never()))).toEqual(SPEECH_MP3);
    // If the service always refuses, the number of requests is limited, and no place stays occupied.
    server.script({ kind: 'break', afterBytes: 0, how: 'cut' });
    for (let i = 0; i < 5; i++) {
      provider.expect?.(never());
      expect(codeOf(await failureOf(() => provider.synthesize(REQUEST, never())))).toBe('tts.failed');
    }
    await eventually(() => server.open === 0);
  });

  it('fails with the reason if the service admits nobody', async () => {
    server.script({ kind: 'refuse', status: 429 });
    const provider = edge();
    provider.expect?.(never());
    await eventually(() => server.refusals === 1);
    expect(codeOf(await failureOf(() => provider.synthesize(REQUEST, never())))).toBe('tts.rate_limited');
  });

  it('does not use a connection that has waited for more than ten seconds', async () => {
    const clock = new FakeClock(Date.now());
    const provider = edge({ clock });
    provider.expect?.(never());
    await eventually(() => server.open === 1);
    await clock.advance(10_001);
    await collect(await provider.synthesize(REQUEST, never()));
    expect(server.connections).toBe(2);
    await eventually(() => server.open === 0);
  });

  it('gets a new connection if all connections of the limit have waited too long', async () => {
    const clock = new FakeClock(Date.now());
    const provider = edge({ clock });
    for (let i = 0; i < 5; i++) provider.expect?.(never());
    await eventually(() => server.open === 4);
    await clock.advance(10_001);
    provider.expect?.(never());
    await eventually(() => server.connections === 5 && server.open === 1);
    expect(server.maxOpen).toBe(4);
  });

  it('opens no more connections than the limit', async () => {
    const release = server.hold();
    const provider = edge();
    const busy = Array.from({ length: 2 }, async () => collect(await provider.synthesize(REQUEST, never())));
    await server.turn(1);
    for (let i = 0; i < 9; i++) provider.expect?.(never());
    await eventually(() => server.open === 4);
    const more = Array.from({ length: 5 }, async () => collect(await provider.synthesize(REQUEST, never())));
    await server.turn(3);
    release();
    await Promise.all([...busy, ...more]);
    expect(server.maxOpen).toBe(4);
    expect(server.connections).toBe(7);
  });
});

describe('a wrong clock', () => {
  it.each([[-3 * 3600_000], [3 * 3600_000], [-50 * 365 * 24 * 3600_000]])(
    'is corrected by the time in a 403 (%i ms)',
    async (skewMs) => {
      const provider = edge({ clock: new FakeClock(Date.now() + skewMs) });
      expect((await collect(await provider.synthesize(REQUEST, never()))).byteLength).toBe(SPEECH_MP3.byteLength);
      await collect(await provider.synthesize(REQUEST, never()));
      // Only the first request was refused, because the second one used the service's clock.
      expect(server.refusals).toBe(1);
    },
  );

  it('is corrected for all requests that it made fail', async () => {
    const provider = edge({ clock: new FakeClock(Date.now() + 3 * 3600_000) });
    const both = [0, 1].map(async () => collect(await provider.synthesize(REQUEST, never())));
    for (const audio of await Promise.all(both)) expect(audio).toEqual(SPEECH_MP3);
    expect(server.refusals).toBe(2);
  });

  it('is not the reason for every 403', async () => {
    server.script({ kind: 'refuse', status: 403 });
    const error = await failureOf(() => edge().synthesize(REQUEST, never()));
    expect(codeOf(error)).toBe('tts.rejected');
    expect(String(error)).toContain('tts.edge.version');
    expect(server.refusals).toBe(1);
  });

  it.each([['not a date'], ['']])('is not corrected by an invalid Date (%j)', async (date) => {
    server.script({ kind: 'refuse', status: 403, date });
    expect(codeOf(await failureOf(() => edge().synthesize(REQUEST, never())))).toBe('tts.rejected');
  });

  it('is corrected once per request, not endlessly', async () => {
    server.script(
      { kind: 'refuse', status: 403, date: new Date(0).toUTCString() },
      { kind: 'refuse', status: 403, date: new Date(1e12).toUTCString() },
      { kind: 'speak' },
    );
    expect(codeOf(await failureOf(() => edge().synthesize(REQUEST, never())))).toBe('tts.rejected');
    expect(server.refusals).toBe(2);
  });
});

describe('failures of Edge', () => {
  it.each([
    [{ kind: 'refuse', status: 429 }, 'tts.rate_limited'],
    [{ kind: 'refuse', status: 503 }, 'tts.failed'],
    [{ kind: 'refuse', status: 404 }, 'tts.rejected'],
    [{ kind: 'mute' }, 'tts.failed'],
    [{ kind: 'babble' }, 'tts.failed'],
    [{ kind: 'garbage', what: 'unframed' }, 'tts.failed'],
    [{ kind: 'garbage', what: 'empty_message' }, 'tts.failed'],
    [{ kind: 'garbage', what: 'not_mp3' }, 'tts.failed'],
    [{ kind: 'break', afterBytes: 0, how: 'close' }, 'tts.failed'],
    [{ kind: 'break', afterBytes: 0, how: 'cut' }, 'tts.failed'],
  ] as const)('before any audio, the request rejects: %j is %s', async (script, code) => {
    server.script(script);
    const provider = edge();
    expect(codeOf(await failureOf(() => provider.synthesize(REQUEST, never())))).toBe(code);
    await eventually(() => server.open === 0);
    // No place stayed occupied: more requests succeed than there are places.
    server.script({ kind: 'speak' });
    for (let i = 0; i < 5; i++) await collect(await provider.synthesize(REQUEST, never()));
  });

  it.each([['close'], ['cut']] as const)(
    'during speech (%s), the received audio is delivered before the error',
    async (how) => {
      server.script({ kind: 'break', afterBytes: 7_200, how });
      const audio = await edge().synthesize(REQUEST, never());
      let bytes = 0;
      const error = await failureOf(async () => {
        for await (const chunk of audio.chunks) bytes += chunk.byteLength;
      });
      expect(codeOf(error)).toBe('tts.unreachable');
      expect(bytes).toBe(7_200);
    },
  );

  it('an unreachable service is reported', async () => {
    const gone = await FakeEdgeServer.start();
    const { url } = gone;
    await gone.close();
    const provider = edge({ url });
    expect(codeOf(await failureOf(() => provider.synthesize(REQUEST, never())))).toBe('tts.unreachable');
    expect(codeOf(await failureOf(() => provider.probe(never())))).toBe('tts.unreachable');
  });

  it('a silent service: the request waits until it is aborted, at each stage', async () => {
    server.script({ kind: 'hang', afterBytes: 0 });
    const provider = edge();
    const controller = new AbortController();
    const failure = failureOf(() => provider.synthesize(REQUEST, controller.signal));
    const turn = await server.turn(0);
    controller.abort(new Error('time-out'));
    expect(await failure).toEqual(new Error('time-out'));
    await turn.closed;
    // This request is aborted while its connection is being opened.
    const connecting = new AbortController();
    const early = failureOf(() => provider.synthesize(REQUEST, connecting.signal));
    connecting.abort(new Error('early'));
    expect(await early).toEqual(new Error('early'));
    await eventually(() => server.open === 0);
  });

  it('the probe opens a connection that says nothing', async () => {
    await edge().probe(never());
    await eventually(() => server.open === 0);
    expect(server.turns).toHaveLength(0);
    server.script({ kind: 'refuse', status: 500 });
    expect(codeOf(await failureOf(() => edge().probe(never())))).toBe('tts.failed');
  });
});
