import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import { z } from 'zod';
import { type Bilingual, ChorusError, languageTag, uiLanguage, type UiLanguage } from '../core/index.js';
import type { Principal } from './gate.js';
import type { HostName } from './host-names.js';
import { gateWords } from './words/gate.js';

export interface RouteSpec {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** The path below `/api/v1`. Parameters are written as `:id`. */
  readonly path: string;
  readonly summary: string;
  /** A `public` route needs no sign-in. */
  readonly access?: 'public';
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  /** A schema means JSON. `binary` means bytes of any kind, which the handler reads itself. */
  readonly body?: z.ZodType | 'binary';
  /** Maximum size of the body. A public route needs a small limit, because parsing takes time. */
  readonly bodyBytes?: number;
  /**
   * A schema or `json` means JSON. `sound` is audio/wav or audio/mpeg, `recording` is audio/ogg. Undefined if the
   * answer has no body.
   */
  readonly answer?: z.ZodType | 'sound' | 'recording' | 'json';
  /** HTTP status of success. Default: 200, or 204 if there is no answer. */
  readonly status?: number;
  /** Other HTTP statuses with the same kind of body, each with a description. */
  readonly also?: Readonly<Record<number, string>>;
}

/** The keys are the names of the operations in OpenAPI. */
export type Routes = Readonly<Record<string, RouteSpec>>;

export interface AdminContext {
  readonly host: HostName;
  /** Undefined only on `public` routes. */
  readonly principal: Principal | undefined;
}

declare module 'fastify' {
  interface FastifyRequest {
    admin?: AdminContext;
  }
  interface FastifyContextConfig {
    adminAccess?: 'public';
  }
}

type Parsed<T> = T extends z.ZodType ? z.output<T> : undefined;
type Field<Spec extends RouteSpec, Name extends 'params' | 'query' | 'body'> = Name extends keyof Spec
  ? Parsed<Spec[Name]>
  : undefined;
/** Unknown if the route answers something without a schema, such as sound, which the handler sends itself. */
type Answer<Spec extends RouteSpec> = 'answer' extends keyof Spec
  ? Spec['answer'] extends z.ZodType
    ? z.input<Spec['answer']>
    : unknown
  : void;

/** A request that was checked against the route's schemas. */
export interface AdminRequest<Spec extends RouteSpec> extends AdminContext {
  readonly params: Field<Spec, 'params'>;
  readonly query: Field<Spec, 'query'>;
  readonly body: Field<Spec, 'body'>;
  readonly language: UiLanguage;
  /** Aborted when the client has disconnected. */
  readonly signal: AbortSignal;
  readonly request: FastifyRequest;
  /** Lets the handler set headers, an unusual status, or a body that is not JSON. */
  readonly reply: FastifyReply;
}

export type AdminHandler<Spec extends RouteSpec> = (asked: AdminRequest<Spec>) => Promise<Answer<Spec>> | Answer<Spec>;

/** Enough for a prompt of 20,000 Chinese characters in JSON. */
const BODY_BYTES = 128 * 1024;

export class AdminApi {
  /** `app` is the Fastify scope below `/api/v1`. Its hooks have already checked the client. */
  constructor(readonly app: FastifyInstance) {}

  /** `before` may throw to refuse a request before its body is read. */
  on<const Spec extends RouteSpec>(
    spec: Spec,
    handler: AdminHandler<Spec>,
    before?: (request: FastifyRequest) => void,
  ): void {
    this.app.route({
      method: spec.method,
      url: spec.path,
      bodyLimit: spec.bodyBytes ?? BODY_BYTES,
      ...(before && { onRequest: async (request) => before(request) }),
      config: {
        ...(spec.access === 'public' && { adminAccess: 'public' as const }),
        ...(spec.body === 'binary' && { upload: true as const }),
      },
      handler: handlerOf(spec, handler),
    });
  }
}

function handlerOf<Spec extends RouteSpec>(spec: Spec, handler: AdminHandler<Spec>): RouteHandlerMethod {
  return async (request, reply) => {
    const { admin } = request;
    if (!admin) throw new ChorusError('internal', 'a route of the admin API is not behind its gate');
    const asked = {
      ...admin,
      params: checked(spec.params, request.params, gateWords.address),
      query: checked(spec.query, request.query, gateWords.query),
      body: spec.body === 'binary' ? undefined : checked(spec.body, spec.body && jsonOf(request), gateWords.body),
      language: languageOf(request),
      signal: goneSignal(reply),
      request,
      reply,
    };
    void reply.code(spec.status ?? (spec.answer === undefined ? 204 : 200));
    // The cast is safe, because the schemas checked every value.
    const answer: unknown = await handler(asked as unknown as AdminRequest<Spec>);
    return reply.sent || answer === reply ? reply : reply.send(answer);
  };
}

function checked(schema: z.ZodType | undefined, value: unknown, part: Bilingual): unknown {
  if (schema === undefined) return undefined;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  // The message must not contain the value, which may be a secret.
  const place = issue?.path.map(String).join('.') ?? '';
  const rule = { en: issue?.message ?? 'wrong', zh: ruleInChinese(schema, value, issue) };
  throw new ChorusError('admin.bad_request', gateWords.wrongPart(place === '' ? part : place, rule), {
    details: { what: place },
  });
}

function ruleInChinese(schema: z.ZodType, value: unknown, issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'custom' && typeof issue.params?.['zh'] === 'string') return issue.params['zh'];
  const [translated] = schema.safeParse(value, { error: CHINESE }).error?.issues ?? [];
  return translated?.message ?? '不对';
}

const CHINESE = z.locales.zhCN().localeError;

function jsonOf(request: FastifyRequest): unknown {
  const { body } = request;
  if (body === undefined || body === '') return {};
  // Only JSON is accepted. A form on a foreign page can send text, but cannot set this content type.
  if (typeof body !== 'string' || !/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) {
    throw new ChorusError('admin.bad_request', gateWords.noJsonType, {
      details: { what: 'content-type' },
    });
  }
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new ChorusError('admin.bad_request', gateWords.noJson, {
      cause: error,
      details: { what: 'JSON' },
    });
  }
}

export function languageOf(request: FastifyRequest): UiLanguage {
  return uiLanguage(languageTag(request.headers['accept-language']) ?? 'en');
}

function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort(new ChorusError('admin.not_found', gateWords.gone));
  });
  return gone.signal;
}
