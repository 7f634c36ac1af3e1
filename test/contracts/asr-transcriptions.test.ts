import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Cancelled, silentLogger, systemClock, Scope } from '../../src/core/index.js';
import { parseWav } from '../../src/audio/index.js';
import { asrContract } from '../../src/plugin/testing/recognizer.js';
import { codeOf, failureOf, live } from '../../src/plugin/testing/suite.js';
import { providers, type AsrProvider } from '../../src/providers/index.js';
import { transcriptionServices } from '../../src/providers/asr/transcriptions/index.js';
import { gateFor } from '../fakes/service-gate.js';
import { ScriptedHttp, type HttpCall, type HttpScript } from '../fakes/scripted-http.js';
import { clip } from '../fixtures/speech.js';

let server: ScriptedHttp;
const understood: HttpScript = (_, response) => response.end(JSON.stringify({ text: ' He was not ill disposed. ' }));
beforeEach(async () => {
  server = await ScriptedHttp.start(understood);
});
afterEach(() => server.close());

function provider(keys = 'sk-secret', settings: Readonly<Record<string, unknown>> = {}): AsrProvider {
  const [openai] = transcriptionServices;
  return openai!.create(openai!.settings.parse({ base_url: `${server.url}/v1/`, ...settings }), {
    clock: systemClock,
    log: silentLogger,
    scope: new Scope('test', () => undefined),
    gate: gateFor({ kind: 'asr', keys }),
  });
}

const speech = () => clip('austen-0930');
const ask = (signal = live(), from = provider()) => from.transcribe({ pcm: speech(), language: 'en-US' }, signal);

function fieldOf({ body }: HttpCall, name: string): string | undefined {
  return new RegExp(`name="${name}"\r\n\r\n([^\r]*)\r\n`).exec(body.toString('latin1'))?.[1];
}

it('tests every service that takes whole utterances', () => {
  const whole = providers.recognitionServices.filter(({ streams, id }) => streams !== true && id !== 'wyoming');
  expect(whole.map(({ id }) => id).sort()).toEqual(transcriptionServices.map(({ id }) => id).sort());
});

describe('OpenAI-compatible transcriptions', () => {
  asrContract(it, { provider: () => provider(), speech, heard: /ill disposed/, language: 'en' });

  it('sends the unchanged speech with the key, the model and the language', async () => {
    await ask(live(), provider('one', { model: 'whisper-x', prompt: 'Chorus' }));
    const [call] = server.calls;
    expect([call!.method, call!.path, call!.headers.authorization]).toEqual([
      'POST',
      '/v1/audio/transcriptions',
      'Bearer one',
    ]);
    expect(['model', 'language', 'response_format', 'prompt'].map((name) => fieldOf(call!, name))).toEqual([
      'whisper-x',
      'en',
      'json',
      'Chorus',
    ]);
    const start = call!.body.indexOf('RIFF');
    const wav = parseWav(new Uint8Array(call!.body.subarray(start, start + 44 + speech().length * 2)));
    expect(wav.rateHz).toBe(16_000);
    expect(wav.pcm).toEqual(speech());
  });

  it.each<[HttpScript, string]>([
    [{ status: 401, body: '{"error":{"message":"bad key sk-secret"}}' }, 'asr.rejected'],
    [{ status: 403 }, 'asr.rejected'],
    [{ status: 429 }, 'asr.rate_limited'],
    [{ status: 402 }, 'asr.rate_limited'],
    [{ status: 503, body: 'busy' }, 'asr.failed'],
    [{ status: 302, headers: { location: 'http://127.0.0.1:1/' } }, 'asr.failed'],
    [{ status: 200, body: '<html>log in</html>' }, 'asr.failed'],
    ['cut', 'asr.unreachable'],
    ['flood', 'asr.unreachable'],
  ])('%j is %s, and the next utterance is recognised', async (script, code) => {
    server.script(script, understood);
    const from = provider();
    const error = await failureOf(() => ask(live(), from));
    expect(codeOf(error)).toBe(code);
    expect(String(error)).not.toContain('sk-secret');
    expect((await ask(live(), from)).text).toBe('He was not ill disposed.');
  });

  it.each<HttpScript>(['silent', 'drip'])(
    '%s: the request waits until it is aborted, and its place is free again',
    async (script) => {
      server.script(script, understood);
      const from = provider();
      const controller = new AbortController();
      const asked = failureOf(() => ask(controller.signal, from));
      while (server.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
      controller.abort(new Cancelled('over'));
      expect(await asked).toMatchObject({ reason: 'over' });
      expect((await ask(live(), from)).text).toContain('ill');
    },
  );

  it('does not use a key for as long as the service asks, and uses the other key', async () => {
    server.script({ status: 429, headers: { 'retry-after': '30' } }, understood);
    const from = provider('one, two');
    expect(codeOf(await failureOf(() => ask(live(), from)))).toBe('asr.rate_limited');
    for (let i = 0; i < 3; i++) await ask(live(), from);
    expect(server.calls.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer one',
      ...Array.from({ length: 3 }, () => 'Bearer two'),
    ]);
  });
});
