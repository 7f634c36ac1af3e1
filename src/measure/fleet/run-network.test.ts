import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { systemClock } from '../../core/index.js';
import { isFraming } from '../../device/protocol/index.js';
import { ScriptedTalk } from '../../../test/fakes/fleet-server.js';
import { runFleet } from './run-fleet.js';
import { CONVERSATION, fleetOptions, type FleetOptions } from './run-options.js';
import type { FleetProgress, FleetResult } from './run-result.js';
import { loadSpeech } from './speech.js';

// With real sockets and real time, these tests measure roughly. The exact numbers are in run-fleet.test.ts.

const speech = await loadSpeech();
const quick = {
  ...CONVERSATION,
  bargeInShare: 0,
  speech: { fromMs: 2000, toMs: 2000 },
  pause: { fromMs: 300, toMs: 600 },
  reply: { ...CONVERSATION.reply, meanMs: 3600, deviationMs: 0, fromMs: 3600, toMs: 3600 },
};
const open = new Set<{ readonly http: Server; readonly sockets: Set<WebSocket> }>();

// The tests run at the same time, so servers are not stopped after each one.
afterAll(async () => {
  for (const server of open) await stop(server);
});

async function stop(server: { readonly http: Server; readonly sockets: Set<WebSocket> }): Promise<void> {
  open.delete(server);
  for (const socket of server.sockets) socket.terminate();
  server.http.closeAllConnections();
  await new Promise((resolve) => server.http.close(resolve));
}

async function listen(port = 0): Promise<{
  readonly http: Server;
  readonly sockets: Set<WebSocket>;
  readonly port: number;
  readonly connections: string[];
}> {
  const sockets = new Set<WebSocket>();
  const connections: string[] = [];
  const http = createServer((_request, response) => {
    response.end(
      JSON.stringify({
        websocket: {
          url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}/xiaozhi/v1/`,
          token: 't',
          version: 1,
        },
      }),
    );
  });
  new WebSocketServer({ server: http, perMessageDeflate: false }).on('connection', (socket, request) => {
    sockets.add(socket);
    connections.push(String(request.headers['device-id']));
    const version = Number(request.headers['protocol-version']);
    const line = {
      text: (message: object) => socket.send(JSON.stringify({ session_id: 's', ...message })),
      binary: (bytes: Uint8Array) => socket.send(bytes),
      close: () => socket.terminate(),
    };
    const talk = new ScriptedTalk(
      line,
      systemClock,
      isFraming(version) ? version : 1,
      () => undefined,
      () => 'still more respectable than he was',
    );
    socket.on('message', (data, isBinary) =>
      isBinary ? talk.binary(data as Buffer) : talk.text((data as Buffer).toString()),
    );
    socket.on('close', () => {
      sockets.delete(socket);
      talk.closed();
    });
  });
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
  const server = { http, sockets, port: (http.address() as AddressInfo).port, connections };
  open.add(server);
  return server;
}

function run(
  port: number,
  options: Partial<FleetOptions>,
  context: {
    readonly onProgress?: (progress: FleetProgress) => void;
    readonly restart?: () => Promise<void>;
    readonly signal?: AbortSignal;
  } = {},
): Promise<FleetResult> {
  const all = fleetOptions({
    otaUrl: `http://127.0.0.1:${port}/xiaozhi/ota/`,
    devices: 4,
    durationMs: 6000,
    warmupMs: 0,
    conversation: quick,
    localToken: 'secret',
    ...options,
  });
  return runFleet(all, { clock: systemClock, signal: new AbortController().signal, ...context }, { speech });
}

describe('a fleet of processes', { timeout: 60_000 }, () => {
  it.concurrent('talks over real sockets, sends at most one report per second, and reveals no secret', async () => {
    const { port, connections } = await listen();
    const seconds: number[] = [];
    const result = await run(port, { workers: 2 }, { onProgress: ({ second }) => seconds.push(second.atS) });
    expect(result.own.workers).toBe(2);
    expect(result.devices.map(({ device, framing }) => [device, framing])).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 1],
    ]);
    expect(new Set(connections).size).toBe(4);
    expect(result.turns.length).toBeGreaterThanOrEqual(2);
    for (const turn of result.turns)
      expect(turn).toMatchObject({ outcome: 'answered', packets: 60, overflows: 0, lostPackets: 0 });
    expect(seconds).toEqual([...new Set(seconds)].sort((a, b) => a - b));
    expect(Math.max(...result.seconds.map(({ connected }) => connected))).toBe(4);
    expect(result.own.rssBytes).toBeGreaterThan(20e6);
    expect(result.own.sendLateness.count).toBeGreaterThan(200);
    expect(JSON.stringify(result)).not.toContain('secret');
    expect(structuredClone(result)).toEqual(JSON.parse(JSON.stringify(result)));
  });

  it.concurrent('talks over bad links, which delay packets and lose none', async () => {
    const { port } = await listen();
    const result = await run(port, { scenario: 'slow-links', workers: 0, devices: 3 });
    for (const turn of result.turns) expect(turn).toMatchObject({ outcome: 'answered', packets: 60 });
    // At least one stall used up more than 100 ms of the server's lead of 300 ms.
    expect(Math.min(...result.turns.map(({ minLeadMs }) => minLeadMs ?? 0))).toBeLessThan(200);
  });

  it.concurrent('reconnects after a restart of the server', async () => {
    const first = await listen();
    let again: Awaited<ReturnType<typeof listen>> | undefined;
    const restart = async (): Promise<void> => {
      await stop(first);
      again = await listen(first.port);
    };
    const result = await run(first.port, { scenario: 'reconnect', workers: 1, durationMs: 9000 }, { restart });
    expect(result.marks.map(({ what }) => what)).toEqual(['counted_from', 'restart', 'restarted', 'planned_end']);
    const restartedAt = result.marks.find(({ what }) => what === 'restarted')!.atS * 1000;
    const later = result.turns.filter(({ dueAt, outcome }) => dueAt > restartedAt && outcome !== 'not_started');
    expect(later.length).toBeGreaterThan(0);
    for (const turn of later) expect(turn.outcome).toBe('answered');
    // A device reconnects only when it wants to speak. The others only notice that their connection was closed.
    const returned = new Set(later.map(({ device }) => device));
    for (const { device, connections, lostConnections } of result.devices) {
      expect(lostConnections, `device ${device}`).toBe(1);
      if (returned.has(device)) expect(connections, `device ${device}`).toBe(2);
    }
    expect(again?.connections.length).toBeGreaterThanOrEqual(returned.size);
  });

  it.concurrent('marks an interrupted result as invalid, and reports an unreachable server', async () => {
    const { port } = await listen();
    const controller = new AbortController();
    const result = await run(
      port,
      { workers: 1, durationMs: 60_000 },
      { signal: controller.signal, onProgress: () => controller.abort(new Error('enough')) },
    );
    expect(result).toMatchObject({ valid: false, reasons: [{ what: 'interrupted' }] });
    // The workers are killed before they begin, so the server is never restarted.
    const restart = (): Promise<void> => Promise.reject(new Error('nobody asked for a restart'));
    const early = await run(port, { scenario: 'reconnect', workers: 1 }, { signal: AbortSignal.abort(), restart });
    expect(early).toMatchObject({ valid: false, reasons: [{ what: 'interrupted' }], marks: [] });
    const nobody = await run(1, { workers: 0, devices: 1, durationMs: 500 });
    expect(nobody.devices).toMatchObject([
      { connections: 0, error: expect.stringContaining('device.unreachable') as string },
    ]);
    expect(nobody.turns.every(({ outcome }) => outcome === 'refused')).toBe(true);
  });
});
