import { z } from 'zod';
import { type MetricValue, parseExposition, withTimeout } from '../../../core/index.js';
import type { Check, DoctorContext } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';
import { serverWords } from '../words/server.js';

export interface ServerFacts {
  readonly origin: string;
  readonly pid: number;
  /** Undefined if the server gave no valid answer in time. */
  readonly readiness: Readiness | undefined;
  /** Undefined if the metrics cannot be read, e.g. because `metrics.enabled` is off. */
  readonly metrics: readonly MetricValue[] | undefined;
  /** Version of this package. */
  readonly version: string;
}

const readinessSchema = z.object({
  ready: z.boolean(),
  draining: z.boolean().optional(),
  details: z
    .object({
      starting: z.array(z.string()).default([]),
      engines: z
        .array(z.object({ name: z.string(), state: z.string(), restarts: z.number(), reason: z.string().optional() }))
        .default([]),
      models: z
        .array(z.object({ id: z.string(), state: z.string(), reason: z.string().optional().nullable() }))
        .default([]),
      embedding: z
        .object({ sinceMs: z.number(), reason: z.object({ en: z.string(), zh: z.string() }) })
        .optional()
        .catch(undefined),
    })
    .optional(),
});
export type Readiness = z.output<typeof readinessSchema>;

const ASK_MS = 10_000;
/** Fewer restarts may be the work of a person who killed the process. */
const RESTARTS_MANY = 3;

const KNOWN = issues('server', serverWords.issues, {
  silent: 'fault',
  engine_failed: 'fault',
  model_waits: 'warning',
  not_ready: 'warning',
  restarts: 'warning',
  embedding_fails: 'warning',
  other_version: 'note',
  absent: 'note',
});

export function judgeServer(facts: ServerFacts | undefined): readonly Finding[] {
  if (facts === undefined) return [found(KNOWN.absent, KNOWN.absent.title)];
  const { origin, pid, readiness } = facts;
  if (readiness === undefined) return [found(KNOWN.silent, serverWords.silent(origin, pid, ASK_MS / 1000))];
  const findings = [...ofReadiness(readiness), ...ofEmbedding(readiness), ...ofVersion(facts)];
  return orOk(findings, 'server', serverWords.ready(origin));
}

function ofReadiness(readiness: NonNullable<ServerFacts['readiness']>): readonly Finding[] {
  const findings: Finding[] = [];
  const { engines = [], models = [], starting = [] } = readiness.details ?? {};
  for (const { name, state, reason } of engines)
    if (state === 'failed') findings.push(found(KNOWN.engine_failed, serverWords.engineFailed(name, reason)));
  for (const { id, state, reason } of models)
    if (state === 'waiting') findings.push(found(KNOWN.model_waits, serverWords.modelWaits(id, reason)));
  if (!readiness.ready && findings.length === 0) {
    const why = readiness.draining === true ? 'drain' : starting.join(', ');
    findings.push(found(KNOWN.not_ready, serverWords.waitsFor(why)));
  }
  const restarts = engines.reduce((sum, engine) => sum + engine.restarts, 0);
  if (restarts >= RESTARTS_MANY)
    findings.push(
      found(
        KNOWN.restarts,
        serverWords.restarts(
          restarts,
          engines.map((engine) => `${engine.name} ${engine.restarts}`),
        ),
      ),
    );
  return findings;
}

function ofEmbedding({ details }: Readiness): readonly Finding[] {
  const failing = details?.embedding;
  if (failing === undefined) return [];
  const since = `${new Date(failing.sinceMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return [found(KNOWN.embedding_fails, serverWords.embeddingFails(since, failing.reason))];
}

function ofVersion({ metrics, version }: ServerFacts): readonly Finding[] {
  const running = metrics?.find(({ name }) => name === 'chorus_build_info')?.labels['version'];
  if (running === undefined || running === version) return [];
  const words = serverWords.otherVersion(running, version);
  return [found(KNOWN.other_version, words)];
}

export async function serverFacts({
  server,
  clock,
  signal,
  fetch,
  config,
  version,
}: DoctorContext): Promise<ServerFacts | undefined> {
  if (server === undefined) return undefined;
  const token = config.metrics.token;
  const ask = (path: string): Promise<string | undefined> =>
    withTimeout(
      clock,
      ASK_MS,
      signal,
      () => new Error('no answer'),
      async (inner) => {
        const response = await fetch(`${server.origin}${path}`, {
          signal: inner,
          redirect: 'manual',
          headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
        });
        return path === '/metrics' && !response.ok ? undefined : response.text();
      },
    ).catch(() => undefined);
  const [readiness, metrics] = await Promise.all([ask('/readyz'), ask('/metrics')]);
  signal.throwIfAborted();
  return {
    origin: server.origin,
    pid: server.pid,
    version,
    readiness: parsed(readiness),
    metrics: metrics === undefined ? undefined : parseExposition(metrics),
  };
}

function parsed(text: string | undefined): Readiness | undefined {
  try {
    return readinessSchema.safeParse(JSON.parse(text ?? '')).data;
  } catch {
    return undefined;
  }
}

export const serverCheck: Check = {
  id: 'server',
  about: serverWords.about,
  where: 'here',
  issues: Object.values(KNOWN),
  run: async (context) => judgeServer(await serverFacts(context)),
};
