import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { errorWords, type Logger } from '../core/index.js';
import { languageOf } from './api.js';
import { asAdminError } from './error-answer.js';
import type { AdminGate } from './gate.js';
import { readPageFiles, type PageFile } from './page-files.js';
import { API_HEADERS, pageHeaders } from './security-headers.js';
import { gateWords } from './words/gate.js';

export interface PageRouteOptions {
  readonly gate: AdminGate;
  readonly log: Logger;
  readonly folder: string | undefined;
}

const INDEX = 'index.html';
/** `GET /` and `GET /console/*` need no sign-in. The files contain no secrets. */
export function registerPageRoutes(app: FastifyInstance, { gate, log, folder }: PageRouteOptions): void {
  let files: Promise<ReadonlyMap<string, PageFile>> | undefined;
  const read = (): Promise<ReadonlyMap<string, PageFile>> => {
    files ??= (folder === undefined ? Promise.resolve(new Map<string, PageFile>()) : readPageFiles(folder)).catch(
      (error: unknown) => {
        // The next request tries again.
        files = undefined;
        throw error;
      },
    );
    return files;
  };
  const send = async (name: string, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const headers = pageHeaders(gate.host(request));
    const file = (await read()).get(name);
    if (file) return answer(file, request, reply.headers(headers));
    const missing = name === INDEX;
    return reply
      .code(missing ? 503 : 404)
      .headers({ ...headers, 'cache-control': 'no-store' })
      .type('text/plain; charset=utf-8')
      .send(missing ? gateWords.notBuilt[languageOf(request)] : 'not found\n');
  };
  void app.register(async (page) => {
    page.setErrorHandler(async (thrown, request, reply) => {
      const error = asAdminError(thrown);
      const { status = 500 } = error.row;
      if (status === 500) log.error('the page could not be answered', { problem: 'admin.page_failed', error: thrown });
      const { message, remedy } = errorWords(error, languageOf(request));
      return reply.code(status).headers(API_HEADERS).type('text/plain; charset=utf-8').send(`${message}\n${remedy}\n`);
    });
    page.get('/', (request, reply) => send(INDEX, request, reply));
    page.get('/console/*', (request, reply) => {
      const { '*': name = '' } = request.params as Record<string, string>;
      return send(name, request, reply);
    });
  });
}

function answer({ type, body, brotli, etag }: PageFile, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  // The browser checks each time whether its copy is still valid. An old page therefore never meets a new API.
  void reply.headers({ etag, 'cache-control': 'no-cache', vary: 'accept-encoding' }).type(type);
  if (request.headers['if-none-match']?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag))
    return reply.code(304).send();
  if (brotli === undefined || !/\bbr\b/.test(request.headers['accept-encoding'] ?? '')) return reply.send(body);
  return reply.header('content-encoding', 'br').send(brotli);
}
