import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { parseDeviceId } from '../protocol/index.js';
import { turnView, type KeptTurn } from '../session/index.js';
import { localOnly } from './local-only.js';

export interface TurnRouteOptions {
  readonly isLocal: (request: FastifyRequest) => boolean;
  /** Oldest first. */
  readonly turns: () => readonly KeptTurn[];
}

const LIMIT = 1000;
const query = z.object({
  since: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(LIMIT).default(LIMIT),
  device: z.string().max(64).optional(),
});

/**
 * `GET /api/v1/turns?since=ID&limit=N&device=MAC`: the turns after the one of that id, oldest first, at most `limit` (the
 * newest of them without `since`), and `next`, the `since` of the next request. Ids begin anew with the server.
 */
export function registerTurnRoutes(app: FastifyInstance, { isLocal, turns }: TurnRouteOptions): void {
  app.get('/api/v1/turns', localOnly(isLocal), async (request, reply) => {
    const asked = query.safeParse(request.query);
    const device = asked.data?.device === undefined ? undefined : parseDeviceId(asked.data.device);
    if (!asked.success || (asked.data.device !== undefined && device === undefined)) {
      return reply.code(400).send({ error: `allowed are since (a turn's id), limit (1 to ${LIMIT}) and device (a MAC address)` });
    }
    const { since, limit } = asked.data;
    const found = turns().filter((turn) => turn.id > since && (device === undefined || turn.deviceId === device));
    const page = since === 0 ? found.slice(-limit) : found.slice(0, limit);
    // What was filtered out need not be looked at again, unless the page ended before it.
    const last = page.length < found.length && since > 0 ? page.at(-1)?.id : turns().at(-1)?.id;
    return reply.send({ turns: page.map(turnView), next: Math.max(since, last ?? 0) });
  });
}

/** What the kept turns say of each device. */
export interface DeviceTalk {
  readonly turns: number;
  readonly lastTurnAtMs: number;
  readonly lastOutcome: string;
  /** Predicted by the pacer. */
  readonly underruns: number;
  readonly underrunMs: number;
}

export function talkByDevice(turns: readonly KeptTurn[]): ReadonlyMap<string, DeviceTalk> {
  const talk = new Map<string, DeviceTalk>();
  for (const { deviceId, atWallMs, record, stats } of turns) {
    const before = talk.get(deviceId);
    talk.set(deviceId, {
      turns: (before?.turns ?? 0) + 1,
      lastTurnAtMs: atWallMs,
      lastOutcome: record.outcome,
      underruns: (before?.underruns ?? 0) + (stats?.underruns ?? 0),
      underrunMs: (before?.underrunMs ?? 0) + Math.round(stats?.underrunMs ?? 0),
    });
  }
  return talk;
}
