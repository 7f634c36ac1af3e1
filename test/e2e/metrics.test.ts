import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { kill } from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  METRICS,
  parseExposition,
  type MetricDefinition,
  type MetricName,
  type MetricValue,
} from '../../src/core/index.js';
import { readLocalToken } from '../../src/http/index.js';
import { done, finish, text, usage } from '../fakes/llm-server.js';
import { ask, ScriptedServer, SENTENCE, SHORT } from './scripted-server.js';
import { utterance } from './transcripts.js';

/** Metrics that cannot be brought about from outside within seconds. The named tests cover them. */
const ELSEWHERE: Partial<Record<MetricName, string>> = {
  chorus_uplink_dropped_total: 'src/speech/listening/listening-client.test.ts',
  chorus_llm_speculation_total: 'test/scenarios/turn-speculation.test.ts',
  chorus_tts_speculation_total: 'test/scenarios/turn-early-voice.test.ts',
  chorus_llm_speculation_saved_seconds_total: 'test/scenarios/turn-speculation.test.ts',
  chorus_llm_wasted_tokens_total: 'src/conversation/dialogue/conversation.test.ts',
  chorus_service_wait_seconds: 'src/providers/service-gate.test.ts',
  chorus_barge_ins_total: 'test/scenarios/turn-barge-in.test.ts',
  chorus_turn_prosody_total: 'src/speech/listening/prosody/smart-turn-service.test.ts',
  chorus_overheard_total: 'test/scenarios/turn-overheard.test.ts',
  chorus_asr_fallback_total: 'src/speech/recognition/chosen-recognizer.test.ts',
  chorus_llm_fallback_total: 'src/providers/llm/with-fallback.test.ts',
  chorus_admission_refused_total: 'src/capacity/admission-metrics.test.ts',
  chorus_mcp_servers: 'src/conversation/tools/mcp/server.test.ts',
  chorus_mcp_calls_total: 'src/conversation/tools/mcp/server.test.ts',
  chorus_mcp_offers: 'src/conversation/tools/mcp/offer.test.ts',
  chorus_mcp_offered_calls_total: 'src/conversation/tools/mcp/offer.test.ts',
  chorus_mcp_bridges: 'src/conversation/tools/mcp/access-point.test.ts',
  chorus_wyoming_requests_total: 'src/wyoming/server.test.ts',
  chorus_paid_units_total: 'src/conversation/costs/ledger.test.ts',
  chorus_realtime_answers_total: 'src/conversation/realtime/realtime-model.test.ts',
  chorus_load_strained: 'src/capacity/load-watch.test.ts',
};
/**
 * Metrics that are zero most of the time, so this test checks only that they exist. src/capacity/slots-metrics.test.ts
 * checks their values.
 */
const FLEETING: readonly MetricName[] = ['chorus_queue_depth', 'chorus_slots_busy'];

/** The sum over all labels, or the number of values of a histogram. `undefined` if the metric has no series. */
function total(values: readonly MetricValue[], name: MetricName): number | undefined {
  const own = values.filter((value) => value.name === (METRICS[name].type === 'histogram' ? `${name}_count` : name));
  return own.length === 0 ? undefined : own.reduce((sum, { value }) => sum + value, 0);
}

describe('metrics of a real server', () => {
  let scripted: ScriptedServer;
  let collector: Server;
  const traces: string[] = [];
  const base = (): string => `http://127.0.0.1:${scripted.server.running.port}`;
  const scrape = async (): Promise<{ text: string; values: readonly MetricValue[] }> => {
    const body = await fetch(`${base()}/metrics`).then((response) => response.text());
    return { text: body, values: parseExposition(body) };
  };

  beforeAll(async () => {
    collector = createServer((request, response) => {
      request.on('data', (chunk: Buffer) => traces.push(chunk.toString()));
      request.on('end', () => response.end('{}'));
    });
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    scripted = await ScriptedServer.start({
      max_concurrent_sessions: '10',
      'load.target': '1',
      'load.self_test': 'false',
      'history.audio': 'true',
      'telemetry.otlp_endpoint': `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
    });
  }, 90_000);
  afterAll(() => collector.close());

  it('every metric of the table changes, and none has device ids; turns are stored and traced', async () => {
    const { server, llm } = scripted;
    const before = await scrape();
    for (const [name, { type }] of Object.entries(METRICS)) expect(before.text).toContain(`# TYPE ${name} ${type}`);
    const seen = new Map<MetricName, number>();
    /** Keeps the highest value of each gauge and the last value of each counter. */
    const look = async (): Promise<void> => {
      const { values } = await scrape();
      for (const name of Object.keys(METRICS) as MetricName[]) {
        const value = total(values, name);
        if (value !== undefined)
          seen.set(name, METRICS[name].type === 'gauge' ? Math.max(seen.get(name) ?? 0, value) : value);
      }
    };

    // In this turn, the answer stalls until the device has played all of it.
    const identity = server.identity();
    const { deviceId } = identity;
    const device = await server.raw({ identity });
    let goOn: (chunk: string) => void = () => undefined;
    llm.script({
      kind: 'sse',
      chunks: [
        text('The sun is up. And now it '),
        new Promise<string>((resolve) => (goOn = resolve)),
        finish(),
        usage(11, 5),
        done,
      ],
    });
    const mark = await ask(device);
    await device.audio(1, mark);
    await look();
    const played = (): boolean => {
      const packets = device.packets(mark);
      return performance.now() - (packets[0]?.atMs ?? Infinity) > packets.length * 60 + 500;
    };
    await expect.poll(played, { timeout: 15_000 }).toBe(true);
    goOn(text(`goes down. ${SENTENCE}`));
    await device.reply(mark);
    const packetsOfFirst = device.packets(mark).length;

    // Three things that the server cannot handle: this message, a packet, and a refusal of the model, after which an
    // apology is played.
    device.send({ type: 'no such thing' });
    llm.script({ kind: 'status', status: 401, body: '{}' });
    const failed = device.mark();
    device.start('auto');
    device.burst([Uint8Array.from([0xff, 0xff, 0xff, 0xff, 0xff]), ...utterance('austen-0880')]);
    await device.reply(failed);

    // The server never issued this firmware address.
    expect((await fetch(`${base()}/xiaozhi/firmware/00000000/none`)).status).toBe(403);

    // A child process that dies is started again.
    const { pid } = server.engine('speaking');
    kill(pid, 'SIGKILL');
    await expect
      .poll(() => server.running.status().engines.find(({ name }) => name === 'speaking')?.restarts, {
        timeout: 20_000,
      })
      .toBeGreaterThan(0);
    await expect
      .poll(() => server.running.status().engines.find(({ name }) => name === 'speaking')?.state, { timeout: 20_000 })
      .toBe('ready');
    llm.script(SHORT);
    const last = await ask(device);
    await device.reply(last);
    await look();

    const still = (Object.keys(METRICS) as MetricName[]).filter(
      (name) => ELSEWHERE[name] === undefined && !FLEETING.includes(name) && !((seen.get(name) ?? 0) > 0),
    );
    expect(still).toEqual([]);
    for (const name of FLEETING) expect(seen.has(name), name).toBe(true);

    const after = await scrape();
    expect(after.text).not.toContain(deviceId);
    expect(after.text.toLowerCase()).not.toMatch(/[0-9a-f]{2}(:[0-9a-f]{2}){5}/);
    expect(after.values.length).toBeLessThan(1500);
    for (const { name, labels } of after.values) {
      const row =
        (METRICS as Record<string, MetricDefinition>)[name.replace(/_(bucket|sum|count)$/, '')] ??
        (METRICS as Record<string, MetricDefinition>)[name];
      expect(row, name).toBeDefined();
      expect(
        Object.keys(labels)
          .filter((label) => label !== 'le')
          .sort(),
        name,
      ).toEqual(Object.keys(row?.labels ?? {}).sort());
    }
    const processes = new Set(
      after.values
        .filter(({ name }) => name === 'chorus_process_resident_bytes')
        .map(({ labels }) => labels['process']),
    );
    for (const name of ['main', 'listening', 'speaking', 'asr']) expect(processes).toContain(name);

    const headers = { authorization: `Bearer ${(await readLocalToken(server.dataDir)) ?? ''}` };
    const { turns } = (await fetch(`${base()}/api/v1/turns?device=${deviceId}`, { headers }).then((response) =>
      response.json(),
    )) as { turns: Record<string, unknown>[] };
    const answered = turns.filter(({ outcome }) => outcome === 'answered');
    expect(turns.find(({ outcome }) => outcome === 'failed')).toMatchObject({ code: 'llm.bad_key' });
    expect(answered[0]).toMatchObject({
      deviceId,
      language: 'en-US',
      mode: 'auto',
      asr: 'moonshine-tiny-en',
      inputTokens: 11,
      outputTokens: 5,
    });
    expect(answered[0]?.['underruns']).toBeGreaterThan(0);
    expect(answered[0]?.['packets']).toBe(packetsOfFirst);
    expect(JSON.stringify(turns)).not.toMatch(/young man/i);
    const stages = answered[0]?.['stagesMs'] as Record<string, number>;
    expect(Object.keys(stages)).toEqual(
      expect.arrayContaining([
        'endpoint',
        'transcript',
        'asr_run',
        'llm_first_token',
        'llm_first_chunk',
        'llm_answer',
        'tts_first_audio',
        'first_packet',
        'speech_end_to_first_packet',
      ]),
    );
    const { devices } = (await fetch(`${base()}/api/v1/devices`, { headers }).then((response) => response.json())) as {
      devices: Record<string, unknown>[];
    };
    expect(devices).toMatchObject([
      {
        deviceId,
        connected: true,
        talk: {
          turns: turns.length,
          lastOutcome: turns.at(-1)?.['outcome'],
          underruns: turns.reduce((sum, turn) => sum + Number(turn['underruns']), 0),
        },
      },
    ]);

    // The remaining traces are sent when the server ends.
    await scripted.stop();
    const names = [...traces.join('').matchAll(/"name":"([^"]+)"/g)].map(([, name]) => name);
    expect(names).toEqual(
      expect.arrayContaining(['turn', 'endpoint', 'recognition', 'chat scripted', 'synthesis', 'speaking']),
    );
    expect(traces.join('')).not.toMatch(/young man/i);
  }, 120_000);
});
