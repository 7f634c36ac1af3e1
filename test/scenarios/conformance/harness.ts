import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket, type ClientOptions } from 'ws';
import {
  Scope,
  silentLogger,
  systemClock,
  type Clock,
  type Labels,
  type Logger,
  type MetricName,
  type Metrics,
} from '../../../src/core/index.js';
import {
  AdminPassword,
  createServer,
  ensureLocalToken,
  type AdminOptions,
  type ChorusServer,
  type PeerKind,
  type ServerOptions,
} from '../../../src/http/index.js';
import { openStore, type DeviceStore } from '../../../src/platform/store/index.js';
import { FakeSessionHost } from '../../fakes/fake-session-host.js';

/** Records counters, as `name` and as `name{label=value}`, and the last value of each gauge. */
export class CountingMetrics implements Metrics {
  readonly counts = new Map<string, number>();

  count(name: MetricName, labels: Labels = {}, by = 1): void {
    const keys = [name, ...Object.entries(labels).map(([label, value]) => `${name}{${label}=${value}}`)];
    for (const key of keys) this.counts.set(key, (this.counts.get(key) ?? 0) + by);
  }
  gauge(name: MetricName, value: number): void {
    this.counts.set(name, value);
  }
  observeMs(): void {}
  of(key: string): number {
    return this.counts.get(key) ?? 0;
  }
}

/** Loopback addresses that stand for different kinds of peers. A client uses one of them as its own address. */
export const PEERS = {
  loopback: '127.0.0.1',
  lan: '127.0.0.2',
  lan2: '127.0.0.3',
  gateway: '127.0.0.4',
  public: '127.0.0.5',
  own: '127.0.0.6',
  proxy: '127.0.0.7',
} as const;
const KINDS: Readonly<Record<string, PeerKind>> = {
  '127.0.0.1': 'loopback',
  '127.0.0.2': 'private',
  '127.0.0.3': 'private',
  '127.0.0.4': 'gateway',
  '127.0.0.5': 'public',
  '127.0.0.6': 'own',
  '192.168.7.7': 'private',
};

/** The password of the admin page. */
export const PASSWORD = 'correct horse battery staple';

export interface Harness {
  readonly server: ChorusServer;
  readonly store: DeviceStore;
  readonly host: FakeSessionHost;
  readonly metrics: CountingMetrics;
  readonly scope: Scope;
  readonly port: number;
  readonly dataDir: string;
  readonly localToken: string;
  /** Errors of the server's tasks that have failed. */
  readonly errors: unknown[];
  /** Closes the server. Rejects if one of its tasks has failed. */
  close(): Promise<void>;
}

export type HarnessOptions = Partial<Omit<ServerOptions, 'admin'>> & {
  readonly clock?: Clock;
  readonly log?: Logger;
  /** Options of the admin API. The password is {@link PASSWORD}. */
  readonly admin?: Partial<AdminOptions>;
};

export async function startServer({ admin, ...fields }: HarnessOptions = {}): Promise<Harness> {
  const dataDir = await mkdtemp(join(tmpdir(), 'chorus-server-'));
  const errors: unknown[] = [];
  const scope = fields.scope ?? new Scope('test', (_name, error) => errors.push(error));
  const store = fields.store ?? (await openStore({ dataDir }));
  const host = new FakeSessionHost();
  const metrics = new CountingMetrics();
  const localToken = await ensureLocalToken(dataDir);
  const clean = async (): Promise<void> => {
    await scope.close();
    await store.close();
    await rm(dataDir, { recursive: true, force: true });
  };
  const server = await createServer({
    host: '127.0.0.1',
    port: 0,
    auth: { mode: 'lan', autoBindMax: 10 },
    localToken,
    downlink: { sampleRateHz: 24_000, frameMs: 60 },
    defaultLanguage: 'en-US',
    timeZone: 'Europe/Berlin',
    store,
    sessions: host,
    readiness: () => ({ ready: true, details: { models: 'fine' } }),
    exposition: () => Promise.resolve({ contentType: 'text/plain', body: 'chorus_connections 0\n' }),
    clock: systemClock,
    log: silentLogger,
    metrics,
    scope,
    admin: {
      version: '1.2.3',
      password: await AdminPassword.open({ store, configured: () => PASSWORD, cost: 1024 }),
      hosts: () => [],
      ...admin,
    },
    kindOf: (address) => KINDS[address] ?? 'public',
    ...fields,
    // The server must be reachable from all addresses of 127.0.0.0/8.
    ...(fields.host === undefined && { host: '0.0.0.0' }),
  });
  const { port } = await server.listen().catch(async (error: unknown) => {
    await clean();
    throw error;
  });
  const close = async (): Promise<void> => {
    await clean();
    if (errors.length > 0) throw new AggregateError(errors, 'tasks of the server failed');
  };
  return { server, store, host, metrics, scope, port, dataDir, localToken, errors, close };
}

/** Headers with which a command identifies itself, if it runs on this machine and may read the data folder. */
export function asCommand({ localToken }: Pick<Harness, 'localToken'>): Record<string, string> {
  return { authorization: `Bearer ${localToken}`, 'content-type': 'application/json' };
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

export interface HttpCall {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Buffer;
  /** The client's own address, one of {@link PEERS}. */
  readonly from?: string;
}

export function http(harness: Pick<Harness, 'port'>, call: HttpCall): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: '127.0.0.1',
        port: harness.port,
        method: call.method ?? 'GET',
        path: call.path,
        headers: {
          ...(call.body !== undefined && { 'content-length': String(Buffer.byteLength(call.body)) }),
          ...call.headers,
        },
        localAddress: call.from ?? PEERS.loopback,
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: jsonOf(text) });
        });
      },
    );
    request.on('error', reject);
    request.end(call.body);
  });
}

function jsonOf(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** Headers of firmware 2.x in its OTA request (docs/protocol.md 1.1). */
export function otaHeaders(
  deviceId: string,
  clientId: string,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    // The host and port under which the device knows the server.
    Host: '192.168.1.5:8123',
    'Activation-Version': '1',
    'Device-Id': deviceId,
    'Client-Id': clientId,
    'User-Agent': 'bread-compact-wifi/2.4.2',
    'Accept-Language': 'zh-CN',
    'Content-Type': 'application/json',
    ...more,
  };
}

export const OTA_BODY = JSON.stringify({
  version: 2,
  language: 'zh-CN',
  flash_size: 16_777_216,
  minimum_free_heap_size: '8318916',
  mac_address: 'a0:85:e3:f4:49:34',
  uuid: '7b94d69a-9808-4c59-9c9b-704333b38aff',
  chip_model_name: 'esp32s3',
  chip_info: { model: 9, cores: 2, revision: 2, features: 18 },
  application: {
    name: 'xiaozhi',
    version: '2.4.2',
    compile_time: 'Aug  8 2026T08:33:45Z',
    idf_version: 'v5.5',
    elf_sha256: 'c8',
  },
  partition_table: [{ label: 'app0', type: 1, subtype: 2, address: 65_536, size: 6_291_456 }],
  ota: { label: 'ota_0' },
  display: { monochrome: true, width: 128, height: 64 },
  board: {
    type: 'wifi',
    name: 'bread-compact-wifi',
    ssid: 'home',
    rssi: -50,
    channel: 6,
    ip: '192.168.1.9',
    mac: 'a0:85:e3:f4:49:34',
  },
});

export const DEVICE = { deviceId: 'a0:85:e3:f4:49:34', clientId: '7b94d69a-9808-4c59-9c9b-704333b38aff' } as const;

export interface OtaReply {
  readonly server_time: { readonly timestamp: number; readonly timezone_offset: number };
  readonly firmware: { readonly version: string; readonly url: string; readonly force: number };
  readonly websocket: { readonly url: string; readonly token: string; readonly version: number };
  readonly activation?: { readonly code: string; readonly message: string; readonly challenge: string };
}

export async function postOta(
  harness: Pick<Harness, 'port'>,
  device: { readonly deviceId: string; readonly clientId: string } = DEVICE,
  call: Partial<HttpCall> = {},
): Promise<HttpAnswer & { readonly ota: OtaReply }> {
  const answer = await http(harness, {
    method: 'POST',
    path: '/xiaozhi/ota/',
    body: OTA_BODY,
    from: PEERS.lan,
    ...call,
    headers: { ...otaHeaders(device.deviceId, device.clientId), ...call.headers },
  });
  return { ...answer, ota: answer.json as unknown as OtaReply };
}

/** Gets the token of a device that is bound because it is in the local network. */
export async function tokenFor(
  harness: Harness,
  device: { readonly deviceId: string; readonly clientId: string } = DEVICE,
): Promise<string> {
  return (await postOta(harness, device)).ota.websocket.token;
}

export const HELLO = {
  type: 'hello',
  version: 1,
  features: { aec: true, mcp: true, glyph_push: true },
  text_font: { bundle: 'noto-v1', charset: 'basic', size: 20, bpp: 4 },
  transport: 'websocket',
  audio_params: { format: 'opus', sample_rate: 16_000, channels: 1, frame_duration: 60 },
};

/** A plain WebSocket client that records everything it receives. */
export class TestDevice {
  readonly texts: Record<string, unknown>[] = [];
  readonly binaries: Buffer[] = [];
  closeCode: number | undefined;
  refusedWith: number | undefined;
  #changed: (() => void)[] = [];

  constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) this.binaries.push(data);
      else this.texts.push(JSON.parse(data.toString()) as Record<string, unknown>);
      this.#tell();
    });
    socket.on('close', (code) => {
      this.closeCode = code;
      this.#tell();
    });
    socket.on('unexpected-response', (request, response) => {
      this.refusedWith = response.statusCode ?? 0;
      request.destroy();
      this.#tell();
    });
    socket.on('error', () => this.#tell());
    socket.on('open', () => this.#tell());
  }

  async until(condition: (device: this) => boolean): Promise<this> {
    while (!condition(this)) await new Promise<void>((resolve) => this.#changed.push(resolve));
    return this;
  }

  opened(): Promise<this> {
    return this.until((d) => d.socket.readyState === WebSocket.OPEN);
  }

  refused(): Promise<this> {
    return this.until((d) => d.refusedWith !== undefined);
  }

  closed(): Promise<this> {
    return this.until((d) => d.closeCode !== undefined);
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message));
  }

  /** Sends the hello. Resolves with the server's hello. */
  async hello(message: unknown = HELLO): Promise<Record<string, unknown>> {
    this.send(message);
    await this.until((d) => d.texts.length > 0);
    return this.texts[0] as Record<string, unknown>;
  }

  #tell(): void {
    for (const resolve of this.#changed.splice(0)) resolve();
  }
}

export interface ConnectOptions {
  readonly token?: string;
  readonly deviceId?: string;
  readonly clientId?: string;
  readonly path?: string;
  readonly version?: string;
  readonly from?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly client?: ClientOptions;
}

export function connect(harness: Pick<Harness, 'port'>, options: ConnectOptions = {}): TestDevice {
  const headers: Record<string, string> = {
    'Device-Id': options.deviceId ?? DEVICE.deviceId,
    'Client-Id': options.clientId ?? DEVICE.clientId,
    'Protocol-Version': options.version ?? '1',
    ...(options.token !== undefined && { Authorization: `Bearer ${options.token}` }),
    ...options.headers,
  };
  const url = `ws://127.0.0.1:${harness.port}${options.path ?? '/xiaozhi/v1/'}`;
  return new TestDevice(
    new WebSocket(url, {
      headers,
      perMessageDeflate: false,
      localAddress: options.from ?? PEERS.lan,
      ...options.client,
    }),
  );
}
