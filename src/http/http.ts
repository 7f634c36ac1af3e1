import type { Socket } from 'node:net';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { asChorusError, sparing, type Clock, type Logger } from '../core/index.js';
import type { Limits } from '../device/access/index.js';
import { GuardedServer, type AdmitSocket, oneAtATime, type HandleRequest, limited } from '../platform/inbound/index.js';

/** How often Node looks for late requests, in ms. A timeout may be late by this much. */
const CHECK_INTERVAL_MS = 2000;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body is a file, so the request may take longer (`uploadTimeoutMs`). */
    upload?: true;
  }
}

/** Browsers must not guess another content type than the declared one. */
const NOSNIFF = { 'x-content-type-options': 'nosniff' } as const;

export interface HttpOptions {
  readonly limits: Limits;
  readonly log: Logger;
  readonly clock: Clock;
  /** Called for each connection, before its first byte. */
  readonly admit: AdmitSocket;
  /** Called before any work for a request. If it returns false, the connection is ended. */
  readonly mayAsk: (socket: Socket) => boolean;
  /** Called for each connection that was ended because its client pipelined requests. */
  readonly onPipelined: (socket: Socket) => void;
}

/** Takes the place of Fastify's schema compilers. These would only delay the start, because zod checks the bodies. */
const noSchemas = (): never => {
  throw new Error('routes have no JSON schemas here; parse the body with zod');
};

/**
 * The server never redirects, because the firmware follows no redirects. A body arrives as text, unless a route adds a
 * parser for its content type.
 */
export function createHttp(options: HttpOptions): FastifyInstance {
  const { limits, log: every, clock } = options;
  const log = sparing(every, clock);
  const app: FastifyInstance = Fastify({
    serverFactory: (handle) => nodeServer(options, handle),
    logger: false,
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    bodyLimit: limits.bodyBytes,
    forceCloseConnections: true,
    // Answers requests whose address cannot be parsed. These requests reach no route.
    frameworkErrors: (_error, _request, reply) => {
      const answer = reply as unknown as FastifyReply;
      void answer.headers(NOSNIFF).code(400).send({ error: 'the address cannot be read' });
    },
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true },
  });
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers(NOSNIFF);
    const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers;
    if (length === '0' && encoding === undefined) return;
    const timer = clock.after(limits.requestTimeoutMs, () => endUnfinished(request, reply));
    request.raw.once('close', () => timer.cancel());
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request: FastifyRequest, body: string | Buffer, done) =>
    done(null, String(body)),
  );
  app.setErrorHandler(async (thrown, request, reply) => {
    const status = statusOf(thrown);
    if (status < 500)
      return reply.code(status).send({ error: thrown instanceof Error ? thrown.message : 'bad request' });
    const error = asChorusError(thrown);
    log.error('request failed', {
      problem: 'http.request_failed',
      error,
      method: request.method,
      route: request.routeOptions.url,
    });
    return reply.code(500).send({ error: error.code });
  });
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ error: 'nothing is here; devices use /xiaozhi/ota/ and /xiaozhi/v1/' }),
  );
  return app;
}

function nodeServer({ limits, admit, mayAsk, onPipelined }: HttpOptions, handle: HandleRequest): GuardedServer {
  return new GuardedServer(
    {
      keepAliveTimeout: limits.keepAliveMs,
      // Node has only one time limit for all requests. The `onRequest` hook sets a shorter limit, except for uploads.
      requestTimeout: Math.max(limits.requestTimeoutMs, limits.uploadTimeoutMs),
      headersTimeout: limits.headersTimeoutMs,
      connectionsCheckingInterval: CHECK_INTERVAL_MS,
      maxHeaderSize: 16 * 1024,
    },
    oneAtATime(limited(mayAsk, handle), onPipelined),
    admit,
  );
}

/** Ends a request whose body is late, even if the request was refused. An unanswered upload has more time. */
function endUnfinished({ raw, routeOptions }: FastifyRequest, reply: FastifyReply): void {
  if (raw.complete || (routeOptions.config.upload === true && !reply.raw.headersSent)) return;
  if (!reply.raw.headersSent)
    raw.socket.write('HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
  raw.socket.destroySoon();
}

function statusOf(thrown: unknown): number {
  if (asChorusError(thrown).code === 'auth.rate_limited') return 429;
  const { statusCode } = thrown as { statusCode?: unknown };
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 600 ? statusCode : 500;
}
