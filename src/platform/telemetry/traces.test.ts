import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger, type Logger } from '../../core/index.js';
import { openTraces } from './traces.js';
import type { TurnRecord } from '../../records/index.js';

interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
  readonly events?: readonly { readonly name: string; readonly timeUnixNano: string }[];
  readonly status?: { readonly code?: number };
}
interface OtlpBody {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: OtlpSpan['attributes'] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

class Collector {
  readonly bodies: OtlpBody[] = [];
  readonly paths: string[] = [];
  status = 200;
  readonly #server: Server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      this.paths.push(`${request.method} ${request.url}`);
      if (this.status === 200) this.bodies.push(JSON.parse(text) as OtlpBody);
      response.writeHead(this.status, { 'content-type': 'application/json' }).end('{}');
    });
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  get spans(): OtlpSpan[] {
    return this.bodies.flatMap((body) =>
      body.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
    );
  }
}

const attributesOf = (list: OtlpSpan['attributes']): Record<string, unknown> =>
  Object.fromEntries(list.map(({ key, value }) => [key, Object.values(value)[0]]));
const ms = (nanoseconds: string): number => Number(BigInt(nanoseconds) / 1_000_000n);

const TURN: TurnRecord = {
  id: 7,
  deviceId: '02:00:00:00:00:01',
  language: 'en-US',
  board: 'esp-box-3',
  firmwareVersion: '2.0.5',
  atWallMs: 1_700_000_010_000,
  utteranceAtWallMs: 1_700_000_000_600,
  outcome: 'answered',
  code: undefined,
  mode: 'auto',
  asr: 'moonshine-tiny-en',
  speculated: true,
  prepared: false,
  stagesMs: {
    endpoint: 600,
    admission: 5,
    asr_wait: 2,
    asr_run: 90,
    transcript: 100,
    llm_first_token: 200,
    llm_first_chunk: 250,
    llm_answer: 900,
    tts_first_audio: 300,
    first_packet: 580,
  },
  sentences: 2,
  cachedSentences: 1,
  packets: 100,
  bytes: 9000,
  underruns: 1,
  underrunMs: 60,
  inputTokens: 120,
  outputTokens: 40,
  userText: undefined,
};

describe('traces', () => {
  let collector: Collector;
  let endpoint: string;
  beforeEach(async () => {
    collector = new Collector();
    endpoint = await collector.listen();
  });
  afterEach(() => collector.close());
  const sent = async (turn: TurnRecord, llm = 'openai:glm-4-flash'): Promise<Map<string, OtlpSpan>> => {
    const traces = await openTraces({ endpoint, version: '1.2.3', llm: () => llm, log: silentLogger });
    traces.turn(turn);
    await traces.close();
    return new Map(collector.spans.map((span) => [span.name, span]));
  };

  it('sends a span per turn with a child span per stage, at the times of the record', async () => {
    const spans = await sent(TURN);
    expect(collector.paths).toEqual(['POST /v1/traces']);
    expect(attributesOf(collector.bodies[0]!.resourceSpans[0]!.resource.attributes)).toMatchObject({
      'service.name': 'chorus',
      'service.version': '1.2.3',
    });
    const root = spans.get('turn')!;
    expect(root.parentSpanId ?? '').toBe('');
    expect(attributesOf(root.attributes)).toEqual({
      'chorus.turn.id': 7,
      'chorus.turn.outcome': 'answered',
      'chorus.turn.mode': 'auto',
      'chorus.device.id': '02:00:00:00:00:01',
      'chorus.device.board': 'esp-box-3',
      'chorus.device.firmware': '2.0.5',
      'chorus.language': 'en-US',
    });
    const at = Object.fromEntries(
      [...spans.values()].map(({ name, startTimeUnixNano, endTimeUnixNano }) => [
        name,
        [ms(startTimeUnixNano) - 1_700_000_000_000, ms(endTimeUnixNano) - 1_700_000_000_000],
      ]),
    );
    expect(at).toEqual({
      turn: [0, 10_000],
      endpoint: [0, 600],
      admission: [600, 605],
      recognition: [600, 700],
      'chat glm-4-flash': [700, 1600],
      synthesis: [950, 1250],
      speaking: [1280, 10_000],
    });
    for (const span of spans.values()) {
      expect(span.traceId).toBe(root.traceId);
      if (span !== root) expect(span.parentSpanId).toBe(root.spanId);
    }
    expect(attributesOf(spans.get('speaking')!.attributes)).toMatchObject({
      'chorus.packets': 100,
      'chorus.underruns_predicted': 1,
    });
  });

  it('follows the semantic conventions for generative AI', async () => {
    const chat = (await sent(TURN)).get('chat glm-4-flash')!;
    expect(chat.kind).toBe(3); // CLIENT in OTLP
    expect(attributesOf(chat.attributes)).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'glm-4-flash',
      'gen_ai.usage.input_tokens': 120,
      'gen_ai.usage.output_tokens': 40,
      'chorus.llm.prepared': false,
    });
    expect(chat.events?.map(({ name, timeUnixNano }) => [name, ms(timeUnixNano) - 1_700_000_000_000])).toEqual([
      ['first_token', 900],
      ['first_chunk', 950],
    ]);
  });

  it('names no model for the built-in assistant, and marks a failed turn', async () => {
    const spans = await sent(
      {
        ...TURN,
        outcome: 'failed',
        code: 'tts.failed',
        stagesMs: { endpoint: 600, transcript: 100, llm_first_token: 1 },
      },
      'offline',
    );
    expect([...spans.keys()].sort()).toEqual(['answer', 'endpoint', 'recognition', 'turn']);
    expect(
      Object.keys(attributesOf(spans.get('answer')!.attributes)).filter((key) => key.startsWith('gen_ai')),
    ).toEqual(['gen_ai.usage.input_tokens', 'gen_ai.usage.output_tokens']);
    expect(spans.get('turn')).toMatchObject({ status: { code: 2 } });
    expect(attributesOf(spans.get('turn')!.attributes)).toMatchObject({ 'error.type': 'tts.failed' });
  });

  it('contains transcripts only if the record of the turn contains them', async () => {
    await sent(TURN);
    expect(JSON.stringify(collector.bodies)).not.toContain('user_text');
    await sent({ ...TURN, userText: 'good morning' });
    expect(JSON.stringify(collector.bodies)).toContain('good morning');
  });

  it('reports a silent collector once, and does not delay the shutdown', async () => {
    collector.status = 400;
    const said: string[] = [];
    const log: Logger = { ...silentLogger, warn: (message) => void said.push(message) };
    const traces = await openTraces({ endpoint: `${endpoint}/v1/traces`, version: '1', llm: () => 'offline', log });
    for (let i = 0; i < 300; i++) traces.turn(TURN);
    const fromMs = performance.now();
    await traces.close();
    expect(performance.now() - fromMs).toBeLessThan(8_000);
    expect(collector.paths.length).toBeGreaterThan(1);
    expect(said).toEqual([expect.stringContaining('telemetry.otlp_endpoint')]);
  });
});

it('loads OpenTelemetry only on demand: nothing in src imports it statically', () => {
  const folder = new URL('../..', import.meta.url).pathname;
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && !path.endsWith('.test.ts'),
  );
  const importing = files.filter((path) =>
    /^import (?!type\b).*from '@opentelemetry/m.test(readFileSync(join(folder, path), 'utf8')),
  );
  expect(importing).toEqual([]);
});
