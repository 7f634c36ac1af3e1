import { setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ChorusError, type Clock, type Scope } from '../../../core/index.js';
import { modelList } from './chat-wire.js';
import { DelayHistogram } from '../../statistics.js';
import { LlmStandIn } from './llm-stand-in.js';
import type { StandInOptions } from './options.js';
import { RequestLog, type LlmRequestRecord, type TtsRequestRecord } from './request-log.js';
import { SpeechAsset } from './speech-asset.js';
import { TtsStandIn } from './tts-stand-in.js';

export interface StandIns {
  readonly llmPort: number;
  readonly ttsPort: number;
}

export interface StartStandInsOptions {
  readonly behaviour: StandInOptions;
  readonly host: string;
  /** 0 means any free port. */
  readonly llmPort: number;
  readonly ttsPort: number;
  readonly clock: Clock;
  readonly scope: Scope;
}

/** Answer to `GET /report` on either port. Each request is reported once. */
export interface StandInReport {
  readonly llm: readonly LlmRequestRecord[];
  readonly tts: readonly TtsRequestRecord[];
  /** How late tokens and sound were sent, since the start. */
  readonly lateness: {
    readonly count: number;
    readonly meanMs: number;
    readonly p99Ms: number;
    readonly maxMs: number;
  };
  /** User and system time of this process since its start. */
  readonly cpuMs: number;
}

/**
 * Starts a language model and a voice that cost nothing, on two ports. Errors: `server.port_in_use`,
 * `server.listen_failed`.
 */
export async function startStandIns(options: StartStandInsOptions): Promise<StandIns> {
  const { behaviour, clock, scope } = options;
  // Every request in progress listens to the signal, and Node would warn of too many listeners.
  setMaxListeners(0, scope.signal);
  const asset = await SpeechAsset.load();
  await asset.decode();
  const log = new RequestLog();
  const lateness = new DelayHistogram();
  const llm = new LlmStandIn({ seed: behaviour.seed, behaviour: behaviour.llm, clock, log, lateness });
  const tts = new TtsStandIn({ seed: behaviour.seed, behaviour: behaviour.tts, clock, log, lateness, asset });
  scope.onClose(() => tts.close());

  const report = (response: ServerResponse): void => {
    const { user, system } = process.cpuUsage();
    const { count, meanMs, maxMs } = lateness;
    sendJson(response, 200, {
      ...log.take(),
      lateness: { count, meanMs, p99Ms: lateness.quantileMs(0.99), maxMs },
      cpuMs: (user + system) / 1000,
    } satisfies StandInReport);
  };
  const routes =
    (
      post: Readonly<
        Record<string, (request: IncomingMessage, response: ServerResponse, signal: AbortSignal) => Promise<void>>
      >,
    ): RequestListener =>
    (request, response) => {
      const path = new URL(request.url ?? '/', 'http://stand-in').pathname;
      const handler = post[path];
      response.on('error', () => response.destroy());
      if (request.method === 'POST' && handler) scope.fork(path, (signal) => handler(request, response, signal));
      else if (path === '/report') report(response);
      else if (path === '/v1/models') sendJson(response, 200, modelList());
      else sendJson(response, 404, { error: { message: 'there is nothing of that name here' } });
    };

  const llmServer = createServer(
    routes({ '/v1/chat/completions': (request, response, signal) => llm.answer(request, response, signal) }),
  );
  const ttsServer = createServer(
    routes({ '/v1/audio/speech': (request, response, signal) => tts.answer(request, response, signal) }),
  );
  ttsServer.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    tts.upgrade(request, socket, head, (work) => scope.fork('edge', work));
  });
  return {
    llmPort: await listen(llmServer, options.llmPort, options),
    ttsPort: await listen(ttsServer, options.ttsPort, options),
  };
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function listen(server: Server, port: number, { host, scope }: StartStandInsOptions): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new ChorusError(
          error.code === 'EADDRINUSE' ? 'server.port_in_use' : 'server.listen_failed',
          `cannot listen on ${host}:${port}`,
          { cause: error },
        ),
      ),
    );
    server.listen(port, host, resolve);
  });
  scope.onClose(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return (server.address() as AddressInfo).port;
}
