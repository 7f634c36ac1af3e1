import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChorusError, Scope, silentLogger, systemClock } from '../../../core/index.js';
import type { ChatMessage, LlmDelta, ToolSpec, TtsProvider } from '../../../providers/index.js';
import { createOpenAiLlm } from '../../../providers/llm/openai/provider.js';
import { gateFor } from '../../../../test/fakes/service-gate.js';
import { edgeTts } from '../../../providers/tts/edge/edge.js';
import { openAiTts } from '../../../providers/tts/openai/openai.js';
import { Mp3Decoder, parseWav, spokenUnits } from '../../../audio/index.js';
import { standInOptions, startStandIns, type StandInReport } from './index.js';
import type { StandIns } from './stand-ins.js';

// The product's own adapters are used, because measurements with the stand-ins must be valid for the real services.

let scope: Scope;
beforeEach(() => {
  scope = new Scope('stand-ins', (name, error) => {
    throw new Error(name, { cause: error });
  });
});
afterEach(() => scope.close());

const FAST = {
  llm: { firstTokenMs: { mean: 30 }, tokensPerSecond: 400 },
  tts: { firstByteMs: { mean: 15 }, speed: 100 },
};

async function start(options: Record<string, unknown> = {}): Promise<StandIns> {
  return startStandIns({
    behaviour: standInOptions.parse({ ...FAST, ...options }),
    host: '127.0.0.1',
    llmPort: 0,
    ttsPort: 0,
    clock: systemClock,
    scope,
  });
}

async function ask(
  at: StandIns,
  more: { readonly tools?: readonly ToolSpec[]; readonly messages?: readonly ChatMessage[] } = {},
  silenceMs = 5000,
): Promise<LlmDelta[]> {
  const llm = createOpenAiLlm({
    name: 'stand-in',
    baseUrl: `http://127.0.0.1:${at.llmPort}/v1`,
    model: 'stand-in',
    apiKey: undefined,
    keyless: true,
    local: true,
    limits: { silenceMs, replyMs: 10_000 },
    clock: systemClock,
    log: silentLogger,
  });
  const deltas: LlmDelta[] = [];
  const messages = more.messages ?? [
    { role: 'system', content: 'You are kind.' },
    { role: 'user', content: 'Tell me something.' },
  ];
  for await (const delta of llm.stream(
    { messages, tools: more.tools ?? [], maxTokens: 300, language: 'en-US', timeZone: 'UTC' },
    AbortSignal.timeout(10_000),
  ))
    deltas.push(delta);
  return deltas;
}

const textOf = (deltas: readonly LlmDelta[]): string =>
  deltas.map((delta) => (delta.type === 'text' ? delta.text : '')).join('');
const report = async (port: number): Promise<StandInReport> =>
  (await (await fetch(`http://127.0.0.1:${port}/report`)).json()) as StandInReport;
const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'none',
    (error: unknown) => (error instanceof ChorusError ? error.code : error),
  );

describe('the language model', () => {
  it('streams a reply at the configured speed and reports the times that it took', async () => {
    const at = await start({ llm: { firstTokenMs: { mean: 120 }, tokensPerSecond: 100 } });
    const deltas = await ask(at);
    const [record] = (await report(at.llmPort)).llm;
    const tokens = deltas.filter(({ type }) => type === 'text').length;
    expect(record).toMatchObject({ outcome: 'replied', tokens });
    expect(textOf(deltas).startsWith(record!.firstSentence)).toBe(true);
    // A timer may fire late, but never early.
    expect(record!.firstTokenMs).toBeGreaterThanOrEqual(120);
    const sentenceTokens =
      deltas.findIndex((_, index) => textOf(deltas.slice(0, index + 1)) === record!.firstSentence) + 1;
    expect(sentenceTokens).toBeGreaterThan(2);
    expect(record!.firstSentenceMs).toBeGreaterThanOrEqual(120 + (sentenceTokens - 1) * 10);
    expect(deltas.at(-1)).toMatchObject({ type: 'usage', outputTokens: tokens });
    expect((await report(at.llmPort)).llm).toEqual([]);
  });

  it('gives the same reply with the same seed, and another with another seed', async () => {
    const [one, again, other] = [await start({ seed: 4 }), await start({ seed: 4 }), await start({ seed: 5 })];
    const said = async (at: StandIns): Promise<string[]> => [textOf(await ask(at)), textOf(await ask(at))];
    const first = await said(one);
    expect(await said(again)).toEqual(first);
    expect(await said(other)).not.toEqual(first);
  });

  it('answers a Chinese prompt in Chinese', async () => {
    const at = await start();
    expect(
      textOf(
        await ask(at, {
          messages: [
            { role: 'system', content: '你是小智，一个友好的语音助手。' },
            { role: 'user', content: 'hi' },
          ],
        }),
      ),
    ).toMatch(/^\p{Script=Han}+。/u);
  });

  it.each([
    ['rate_limited', 'llm.rate_limited'],
    ['server_error', 'llm.server_error'],
    ['hang_up', 'llm.unreachable'],
    ['silence', 'llm.timeout'],
    ['cut', 'llm.unreachable'],
  ])('fails as %s', async (kind, code) => {
    const at = await start({ llm: { ...FAST.llm, errors: { [kind]: 1 } } });
    expect(await codeOf(ask(at, {}, 300))).toBe(code);
    expect((await report(at.llmPort)).llm).toMatchObject([{ outcome: 'failed' }]);
  });

  it('fails as often as configured', async () => {
    const at = await start({ llm: { ...FAST.llm, tokensPerSecond: 5000, errors: { server_error: 0.3 } } });
    const codes = await Promise.all(Array.from({ length: 100 }, () => codeOf(ask(at))));
    const failed = codes.filter((code) => code === 'llm.server_error').length;
    // The bounds are four standard deviations away from the expected 30 of 100 requests.
    expect(failed).toBeGreaterThan(11);
    expect(failed).toBeLessThan(49);
  });

  it('calls the configured tool, and speaks once it has the result', async () => {
    const at = await start({ llm: { ...FAST.llm, tool: { share: 1, name: 'set_volume', arguments: { volume: 40 } } } });
    const tools = [{ name: 'set_volume', description: '', inputSchema: { type: 'object' } }];
    const [call] = await ask(at, { tools });
    expect(call).toMatchObject({ type: 'tool_call', call: { name: 'set_volume', arguments: { volume: 40 } } });
    const after = await ask(at, {
      tools,
      messages: [
        { role: 'system', content: 'x' },
        { role: 'user', content: 'louder' },
        { role: 'assistant', content: '', toolCalls: [{ id: 'c', name: 'set_volume', arguments: { volume: 40 } }] },
        { role: 'tool', toolCallId: 'c', name: 'set_volume', content: 'true' },
      ],
    });
    expect(textOf(after)).not.toBe('');
    // The stand-in answers with text, because the request does not offer the tool.
    expect(textOf(await ask(at))).not.toBe('');
  });

  it('answers without a stream if the request asks for none', async () => {
    const at = await start();
    const response = await fetch(`http://127.0.0.1:${at.llmPort}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ messages: [{ role: 'user', content: 'hi' }] }),
    });
    const body = (await response.json()) as { choices: { message: { content: string } }[] };
    expect(body.choices[0]?.message.content).toMatch(/^[A-Z].*\.$/);
    const bad = await fetch(`http://127.0.0.1:${at.llmPort}/v1/chat/completions`, { method: 'POST', body: 'no' });
    expect(bad.status).toBe(400);
  });
});

async function speak(
  voice: TtsProvider,
  text: string,
  signal: AbortSignal = AbortSignal.timeout(10_000),
): Promise<Uint8Array> {
  const { chunks } = await voice.synthesize({ text, language: 'en-US' }, signal);
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

const gate = gateFor();
const edge = (at: StandIns): TtsProvider =>
  edgeTts({ clock: systemClock, gate, url: `ws://127.0.0.1:${at.ttsPort}/edge/v1` });
const TEXT = 'The river is bright & quiet <in> the "morning".';
const TEXT_MS = spokenUnits(TEXT) * 60;

describe('the voice', () => {
  it('imitates Edge: sends decodable MP3 at the configured speed, as long as the text takes to speak', async () => {
    const at = await start({ tts: { firstByteMs: { mean: 100 }, speed: 10 } });
    const startMs = systemClock.nowMs();
    const mp3 = await speak(edge(at), TEXT);
    const tookMs = systemClock.nowMs() - startMs;
    const decoder = await Mp3Decoder.create();
    const samples = decoder.push(mp3);
    expect(decoder.rateHz).toBe(24_000);
    decoder.close();
    // A decoder delays up to two frames of 24 ms.
    expect(Math.abs(samples.length / 24 - TEXT_MS)).toBeLessThanOrEqual(48);
    expect(Math.max(...samples)).toBeGreaterThan(0.05);
    const pieces = Math.ceil(TEXT_MS / 120);
    expect(tookMs).toBeGreaterThanOrEqual(100 + (pieces - 1) * 12);
    const reported = await report(at.ttsPort);
    expect(reported.tts).toMatchObject([{ outcome: 'spoken', audioMs: TEXT_MS, characters: TEXT.length }]);
    expect(reported.tts[0]!.firstByteMs).toBeGreaterThanOrEqual(100);
    expect(reported.lateness.count).toBe(pieces);
  });

  it('speaks PCM and MP3 for OpenAI requests', async () => {
    const at = await start();
    const baseUrl = `http://127.0.0.1:${at.ttsPort}/v1`;
    const options = { clock: systemClock, gate, baseUrl, model: 'x', voice: 'x' };
    const pcm = await speak(openAiTts(options), TEXT);
    expect(pcm.byteLength / 48).toBeGreaterThanOrEqual(TEXT_MS);
    expect(pcm.byteLength / 48).toBeLessThan(TEXT_MS + 24);
    const mp3 = await speak(openAiTts({ ...options, format: 'mp3' }), TEXT);
    expect(mp3.byteLength).toBe(Math.ceil(TEXT_MS / 24) * 144);
  });

  it('speaks WAV of the same length, and refuses an unknown format', async () => {
    const at = await start();
    const post = (response_format: string): Promise<Response> =>
      fetch(`http://127.0.0.1:${at.ttsPort}/v1/audio/speech`, {
        method: 'POST',
        body: JSON.stringify({ input: TEXT, response_format }),
      });
    const response = await post('wav');
    expect(response.headers.get('content-type')).toBe('audio/wav');
    const { rateHz, pcm } = parseWav(new Uint8Array(await response.arrayBuffer()));
    expect({ rateHz, samples: pcm.length }).toEqual({ rateHz: 24_000, samples: Math.ceil(TEXT_MS / 24) * 24 * 24 });
    expect((await post('toString')).status).toBe(400);
  });

  it.each([
    ['refused', 'tts.rejected'],
    ['busy', 'tts.rate_limited'],
    ['mute', 'tts.failed'],
    ['cut', /^tts\.(?:failed|unreachable)$/],
  ])('fails as %s', async (kind, code) => {
    const at = await start({ tts: { ...FAST.tts, errors: { [kind]: 1 } } });
    expect(await codeOf(speak(edge(at), TEXT))).toMatch(code);
    expect((await report(at.ttsPort)).tts.map(({ outcome }) => outcome)).toContain('failed');
  });

  it('stays silent when configured to, until the client gives up', async () => {
    const at = await start({ tts: { ...FAST.tts, errors: { silence: 1 } } });
    const enough = new Error('enough');
    const controller = new AbortController();
    const spoken = codeOf(speak(edge(at), TEXT, controller.signal));
    systemClock.after(100, () => controller.abort(enough));
    expect(await spoken).toBe(enough);
    expect((await report(at.ttsPort)).tts).toMatchObject([{ outcome: 'failed', characters: TEXT.length }]);
  });

  it.each([
    ['refused', 403],
    ['busy', 429],
  ])('fails as %s over HTTP, and reports it', async (kind, status) => {
    const at = await start({ tts: { ...FAST.tts, errors: { [kind]: 1 } } });
    const { status: answered } = await fetch(`http://127.0.0.1:${at.ttsPort}/v1/audio/speech`, {
      method: 'POST',
      body: JSON.stringify({ input: TEXT }),
    });
    expect(answered).toBe(status);
    expect((await report(at.ttsPort)).tts).toMatchObject([{ outcome: 'failed', characters: TEXT.length }]);
  });
});
