import { z } from 'zod';
import {
  ChorusError,
  parseExposition,
  withTimeout,
  type Clock,
  type MetricValue,
  valueOf,
  jsonOrUndefined,
} from '../../core/index.js';
import { observerWords } from './words.js';

export interface ServerClientOptions {
  /** E.g. `http://127.0.0.1:8000`. */
  readonly baseUrl: string;
  /** Secret from the data folder. The server shows its turns only to clients with this token. */
  readonly localToken?: string | undefined;
  readonly metricsToken?: string | undefined;
  readonly clock: Clock;
  /** Default 20 s. */
  readonly timeoutMs?: number;
}

export interface ServerTurn {
  /** Rises by one with each turn. Starts again when the server restarts. */
  readonly id: number;
  readonly deviceId: string;
  /** Time at which the turn ended. */
  readonly atWallMs: number;
  readonly outcome: string;
  readonly code: string | undefined;
  readonly stagesMs: Readonly<Partial<Record<string, number>>>;
  readonly underruns: number;
  readonly underrunMs: number;
}

export interface ServerIdentity {
  readonly url: string;
  readonly pid: number | undefined;
  readonly version: string | undefined;
  readonly recognition: Readonly<Record<string, string | undefined>> | undefined;
  readonly llm: string | undefined;
  readonly voices: readonly string[] | undefined;
  readonly maxTalking: number | undefined;
}

/** All values are undefined if the server did not answer. */
export interface Probe {
  readonly responseMs: number | undefined;
  readonly ready: boolean | undefined;
}

const DEFAULT_TIMEOUT_MS = 20_000;

const readinessSchema = z.object({
  ready: z.boolean(),
  details: z
    .object({
      recognition: z.record(z.string(), z.string().optional()).optional(),
      llm: z.string().optional(),
      voices: z.array(z.string()).optional(),
      maxTalking: z.number().optional(),
    })
    .optional(),
});

const turnSchema = z.object({
  id: z.number(),
  deviceId: z.string(),
  atWallMs: z.number(),
  outcome: z.string(),
  code: z.string().optional(),
  stagesMs: z.record(z.string(), z.number()),
  underruns: z.number().default(0),
  underrunMs: z.number().default(0),
});
const turnsSchema = z.object({ turns: z.array(turnSchema) });

export class ServerClient {
  constructor(private readonly options: ServerClientOptions) {}

  /** Rejects only with the signal's reason. */
  async probe(signal: AbortSignal): Promise<Probe> {
    const { clock } = this.options;
    const fromMs = clock.nowMs();
    const answer = await this.#get('/readyz', {}, signal).catch(() => undefined);
    signal.throwIfAborted();
    if (answer === undefined) return { responseMs: undefined, ready: undefined };
    return {
      responseMs: clock.nowMs() - fromMs,
      ready: readinessSchema.safeParse(jsonOrUndefined(answer.text)).data?.ready,
    };
  }

  /** Errors: `device.unreachable`; the signal's reason. */
  async identify(signal: AbortSignal): Promise<Omit<ServerIdentity, 'pid' | 'version'>> {
    const { baseUrl: url } = this.options;
    const answer = await this.#get('/readyz', this.#metricsHeader(), signal);
    const readiness = readinessSchema.safeParse(jsonOrUndefined(answer.text));
    if (!readiness.success) throw new ChorusError('device.unreachable', observerWords.notChorus(url));
    const { details } = readiness.data;
    return {
      url,
      recognition: details?.recognition,
      llm: details?.llm,
      voices: details?.voices,
      maxTalking: details?.maxTalking,
    };
  }

  /** Resolves with undefined if the metrics cannot be read, e.g. because the server hides them. */
  async metrics(signal: AbortSignal): Promise<readonly MetricValue[] | undefined> {
    const answer = await this.#get('/metrics', this.#metricsHeader(), signal).catch(() => undefined);
    return answer?.status === 200 ? parseExposition(answer.text) : undefined;
  }

  /** Resolves with the turns that the server still keeps, oldest first. Undefined if they cannot be read. */
  async turns(signal: AbortSignal): Promise<readonly ServerTurn[] | undefined> {
    const { localToken } = this.options;
    if (localToken === undefined) return undefined;
    const answer = await this.#get('/api/v1/turns?since=0', { authorization: `Bearer ${localToken}` }, signal).catch(
      () => undefined,
    );
    if (answer?.status !== 200) return undefined;
    return turnsSchema
      .safeParse(jsonOrUndefined(answer.text))
      .data?.turns.map((turn) => ({ ...turn, code: turn.code }));
  }

  /** Removes simulated devices and their turns from the server. Never rejects. */
  async forget(deviceIds: readonly string[], signal: AbortSignal): Promise<void> {
    const { localToken, baseUrl } = this.options;
    if (localToken === undefined) return;
    const headers = { authorization: `Bearer ${localToken}` };
    for (const deviceId of deviceIds)
      await fetch(new URL(`/api/v1/devices/${deviceId}`, baseUrl), { method: 'DELETE', headers, signal })
        .then((response) => response.body?.cancel())
        .catch(() => undefined);
  }

  #metricsHeader(): Record<string, string> {
    const { metricsToken } = this.options;
    return metricsToken === undefined || metricsToken === '' ? {} : { authorization: `Bearer ${metricsToken}` };
  }

  async #get(
    path: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<{ readonly status: number; readonly text: string }> {
    const { baseUrl, clock, timeoutMs = DEFAULT_TIMEOUT_MS } = this.options;
    const url = new URL(path, baseUrl).href;
    const timedOut = (): Error => new ChorusError('device.unreachable', observerWords.silent(url, timeoutMs / 1000));
    try {
      return await withTimeout(clock, timeoutMs, signal, timedOut, async (inner) => {
        const response = await fetch(url, { headers, redirect: 'manual', signal: inner });
        return { status: response.status, text: await response.text() };
      });
    } catch (error) {
      if (error instanceof ChorusError || signal.aborted) throw error;
      throw new ChorusError('device.unreachable', `no server answers at ${baseUrl}`, {
        cause: error,
        details: { url: baseUrl },
      });
    }
  }
}

/** 99th percentile of the event loop's delay over the last 10 to 20 s. */
export function loopDelayP99Ms(metrics: readonly MetricValue[]): number | undefined {
  const seconds = valueOf(metrics, 'chorus_event_loop_delay_seconds', { quantile: '0.99' });
  return seconds === undefined ? undefined : seconds * 1000;
}
