import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger, systemClock, type Clock, Scope } from '../../src/core/index.js';
import { asrContract } from '../../src/plugin/testing/recognizer.js';
import { codeOf, eventually, failureOf, live } from '../../src/plugin/testing/suite.js';
import type { AsrProvider, RecognitionServiceDescriptor } from '../../src/providers/index.js';
import { providers } from '../../src/providers/index.js';
import type { ServiceGate } from '../../src/providers/service-gate.js';
import { FakeClock } from '../fakes/fake-clock.js';
import {
  dashscopeService,
  deepgramService,
  funasrService,
  nlsService,
  qwenService,
  tencentService,
  understood,
  volcengineService,
  xunfeiService,
  xunfeiSignatureHolds,
  type Trouble,
} from '../fakes/recognition-services.js';
import { ScriptedSocket, type Service, type SocketFault } from '../fakes/scripted-socket.js';
import { gateFor } from '../fakes/service-gate.js';
import { clip } from '../fixtures/speech.js';

interface Subject {
  readonly service: (trouble: () => Trouble) => Service;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Whether the service checks the time of a request against its own clock. */
  readonly signed?: true;
  /** Error code when the service accepts no more requests, by default `asr.rate_limited`. `none`: it never refuses. */
  readonly busy?: string;
}

const SUBJECTS: Readonly<Record<string, Subject>> = {
  dashscope: { service: dashscopeService },
  'qwen-asr': { service: qwenService },
  funasr: { service: funasrService, busy: 'none' },
  'aliyun-nls': { service: nlsService, settings: { appkey: 'app' } },
  xunfei: { service: xunfeiService, settings: { app_id: 'app', api_secret: 'secret' }, signed: true },
  tencent: { service: tencentService, settings: { app_id: '125', secret_id: 'id' }, signed: true },
  deepgram: { service: deepgramService, busy: 'asr.failed' },
  volcengine: { service: volcengineService, settings: { app_id: 'app' } },
};

const SPEECH = clip('austen-0930');
const WHOLE = understood(SPEECH.length * 2);

it('tests every service that streams', () => {
  const streaming = providers.recognitionServices.filter(({ streams, id }) => streams && id !== 'wyoming');
  expect(streaming.map(({ id }) => id).sort()).toEqual(Object.keys(SUBJECTS).sort());
});

describe.each(Object.entries(SUBJECTS))('%s', (id, subject) => {
  const descriptor: RecognitionServiceDescriptor = providers.recognitionService(id)!;
  let server: ScriptedSocket;
  let trouble: Trouble;
  let gate: ServiceGate;
  beforeEach(async () => {
    trouble = undefined;
    server = await ScriptedSocket.start(subject.service(() => trouble));
  });
  afterEach(() => server.close());

  const make = (clock: Clock = systemClock): AsrProvider => {
    gate = gateFor({ kind: 'asr', keys: 'sk-secret', concurrent: 4, clock });
    return descriptor.create(descriptor.settings.parse({ url: `${server.url}/v1`, ...subject.settings }), {
      clock,
      log: silentLogger,
      gate,
      scope: new Scope('test', () => undefined),
    });
  };
  const ask = (provider: AsrProvider, language = 'zh-CN') => provider.transcribe({ pcm: SPEECH, language }, live());

  /** Checks that the failed utterance no longer occupies a place, and that the next utterance is recognised. */
  async function recovers(provider: AsrProvider): Promise<void> {
    await eventually(() => gate.free === 4);
    server.fault = undefined;
    trouble = undefined;
    expect((await ask(provider)).text).toBe(WHOLE);
    await eventually(() => server.busy === 0);
  }

  asrContract(it, { provider: () => make(), speech: () => SPEECH, heard: /understood \d+/, language: 'zh' });

  it('recognises all pushed audio during speech, reports partial texts, and finishes', async () => {
    const heard: string[] = [];
    const stream = make().open!({ language: 'zh-CN', onText: ({ text }) => heard.push(text) }, live());
    for (let at = 0; at < SPEECH.length; at += 700) stream.push(SPEECH.subarray(at, at + 700));
    expect(await stream.finish()).toBe(WHOLE);
    expect(await stream.finish()).toBe(WHOLE);
    expect(heard[0]).toMatch(/^un/);
    expect(heard.at(-1)).toBe(WHOLE);
    expect(gate.free).toBe(4);
  });

  it('understands the languages of its description', () => {
    expect(make().languages).toEqual(descriptor.languages);
  });

  it('sends its key and the request of its documentation', async () => {
    await ask(make());
    const { request, url } = server.peers[0]!;
    const { host, ...headers } = request.headers;
    const sent = JSON.stringify([headers, url.href]);
    if (id === 'xunfei') expect(xunfeiSignatureHolds(url, host!, 'sk-secret', 'secret')).toBe(true);
    else if (id === 'tencent') expect(url.searchParams.get('signature')).toMatch(/^[\w+/]{27}=$/);
    else expect(sent).toContain('sk-secret');
  });

  it.each<[SocketFault, RegExp]>([
    [{ refuse: 401 }, /rejected/],
    [{ refuse: 403 }, /rejected/],
    [{ refuse: 429, headers: { 'retry-after': '0' } }, /rate_limited/],
    [{ refuse: 503 }, /failed/],
    ['half', /unreachable/],
    ['close', /unreachable/],
    ['flood', /unreachable/],
    ['nonsense', /failed/],
  ])('%j is reported, and the next utterance is recognised', async (fault, code) => {
    server.fault = fault;
    const provider = make();
    const error = await failureOf(() => ask(provider));
    expect(codeOf(error)).toMatch(code);
    expect(String(error)).not.toContain('sk-secret');
    await recovers(provider);
  });

  it.each<[SocketFault | undefined, Trouble]>([
    ['deaf', undefined],
    ['mute', undefined],
    [undefined, 'never'],
    [undefined, 'endless'],
  ])('%j %j is given up in time', async (fault, wrong) => {
    server.fault = fault;
    trouble = wrong;
    const clock = new FakeClock();
    const provider = make(clock);
    const over = new AbortController();
    const asked = failureOf(() => ask(provider)).finally(() => over.abort());
    while (!over.signal.aborted) await clock.advance(50);
    expect(codeOf(await asked)).toBe('asr.timeout');
    expect(clock.nowMs()).toBeLessThan(12_000);
    expect(clock.pending).toBe(0);
    await recovers(provider);
  });

  if (subject.busy !== 'none')
    it('reports a service that accepts no more requests', async () => {
      trouble = 'busy';
      const provider = make();
      expect(codeOf(await failureOf(() => ask(provider)))).toBe(subject.busy ?? 'asr.rate_limited');
      await recovers(provider);
    });

  if (subject.signed)
    it('corrects our clock by that of the service, once', async () => {
      const clock = new FakeClock(Date.UTC(2020, 0, 1));
      server.fault = { refuseFirst: 403, date: new Date(Date.UTC(2026, 10, 28)).toUTCString() };
      expect((await ask(make(clock))).text).toBe(WHOLE);
      expect([server.refusals, server.peers.length]).toEqual([1, 1]);
      const { url } = server.peers[0]!;
      const date =
        url.searchParams.get('date') ?? new Date(Number(url.searchParams.get('timestamp')) * 1000).toUTCString();
      expect(new Date(date).getUTCFullYear()).toBe(2026);
    });
});

describe('the connection to dashscope', () => {
  it('serves several utterances; if it died unnoticed, the whole utterance is repeated on a new one', async () => {
    const hears = dashscopeService(() => undefined);
    let dead = false;
    const server = await ScriptedSocket.start((peer, message) => {
      if (dead && peer.idle) peer.cut();
      else hears(peer, message);
    });
    const descriptor = providers.recognitionService('dashscope')!;
    const gate = gateFor({ kind: 'asr', keys: 'sk-secret' });
    const scope = new Scope('test', () => undefined);
    const context = { clock: systemClock, log: silentLogger, gate, scope };
    const provider = descriptor.create(descriptor.settings.parse({ url: server.url }), context);
    const ask = async (): Promise<string> =>
      (await provider.transcribe({ pcm: SPEECH, language: 'zh-CN' }, live())).text;
    expect([await ask(), await ask(), server.peers.length]).toEqual([WHOLE, WHOLE, 1]);
    dead = true;
    expect([await ask(), server.peers.length, gate.free]).toEqual([WHOLE, 2, 4]);
    await scope.close();
    await server.close();
  });
});
