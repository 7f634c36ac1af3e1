import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ChorusError, errorWords, sparing, withOwnCommand, type Clock, type Logger } from '../core/index.js';
import { AdminApi, languageOf } from './api.js';
import { asAdminError } from './error-answer.js';
import type { AdminGate } from './gate.js';
import { API_ANSWER_HEADERS } from './security-headers.js';
import { gateWords } from './words/gate.js';

export const ADMIN_PREFIX = '/api/v1';

export interface FrameOptions {
  readonly gate: AdminGate;
  readonly clock: Clock;
  readonly log: Logger;
  /** See {@link AdminOptions.command}. */
  readonly command?: string | undefined;
  readonly routes: (api: AdminApi) => void;
}

/** Checks the client of every request below `/api/v1`, even for addresses that do not exist. */
export function registerAdminFrame(app: FastifyInstance, options: FrameOptions): void {
  const { gate, clock, routes } = options;
  const log = sparing(options.log, clock);
  const fail = async (thrown: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const error = asAdminError(thrown);
    const { status = 500 } = error.row;
    if (status === 500)
      log.error('a request of the admin API failed', {
        problem: 'admin.request_failed',
        error: thrown,
        method: request.method,
        route: request.routeOptions.url,
      });
    else if (error.code === 'admin.cross_site' || error.code === 'admin.wrong_host')
      log.warn('a request of the admin API was refused', {
        code: error.code,
        method: request.method,
        route: request.routeOptions.url,
      });
    const retryAfterMs = error.details['retryAfterMs'];
    if (typeof retryAfterMs === 'number') void reply.header('retry-after', Math.ceil(retryAfterMs / 1000));
    return reply
      .code(status)
      .headers(API_ANSWER_HEADERS)
      .send({ error: { code: error.code, ...errorWords(error, languageOf(request)) } });
  };
  void app.register(
    async (api) => {
      api.addHook('onRequest', async (request, reply) => {
        void reply.headers(API_ANSWER_HEADERS);
        request.admin = gate.admit(request);
      });
      // A remedy may contain a command with folder names. Only a signed-in client may see folder names.
      api.addHook('onSend', (request, _reply, payload: unknown, done) => {
        const known = (request as Partial<FastifyRequest>).admin?.principal !== undefined;
        const command = (known ? options.command : undefined) ?? 'npx xiaozhi-chorus';
        done(
          null,
          typeof payload === 'string' ? withOwnCommand(payload, JSON.stringify(command).slice(1, -1)) : payload,
        );
      });
      // The sender may have signed out before the body was complete.
      api.addHook('preHandler', async (request) => {
        request.admin = gate.admit(request);
      });
      api.setErrorHandler(fail);
      api.setNotFoundHandler((request, reply) =>
        fail(new ChorusError('admin.not_found', gateWords.noSuchAddress), request, reply),
      );
      routes(new AdminApi(api));
    },
    { prefix: ADMIN_PREFIX },
  );
}
