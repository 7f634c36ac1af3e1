import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ReloadAnswer } from '../config/index.js';
import { localOnly } from './local-only.js';

/** The configuration of the running server, as commands on this machine see it. */
export interface ConfigurationControl {
  /** Absolute path of the file that is read. */
  readonly file: string;
  /** Reads it again; `trial`: what is new is tried before it is relied on. */
  reload(trial: boolean): Promise<ReloadAnswer>;
}

export interface ConfigRouteOptions {
  readonly isLocal: (request: FastifyRequest) => boolean;
  readonly configuration: ConfigurationControl;
}

const body = z.object({ trial: z.boolean().default(true) });

/**
 * `GET /api/v1/config`: which file the server reads. `POST /api/v1/config/reload` (`{"trial": false}` skips the trials): reads it
 * again; 200 when it is in force, 422 when nothing was changed, both with a {@link ReloadAnswer}.
 */
export function registerConfigRoutes(app: FastifyInstance, { isLocal, configuration }: ConfigRouteOptions): void {
  const guarded = localOnly(isLocal);
  app.get('/api/v1/config', guarded, async (_request, reply) => reply.send({ file: configuration.file }));
  app.post('/api/v1/config/reload', guarded, async (request, reply) => {
    const asked = body.safeParse(parsed(request));
    if (!asked.success) return reply.code(400).send({ error: 'allowed is a JSON body {"trial": true} or {"trial": false}' });
    const answer = await configuration.reload(asked.data.trial);
    return reply.code(answer.ok ? 200 : 422).send(answer);
  });
}

function parsed(request: FastifyRequest): unknown {
  if (typeof request.body !== 'string' || request.body === '') return {};
  try {
    return JSON.parse(request.body);
  } catch {
    return undefined;
  }
}
