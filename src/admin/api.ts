import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import { z } from 'zod';
import { type Bilingual, both, ChorusError, uiLanguage, type UiLanguage } from '../core/index.js';
import { languageTag } from '../device/ota/words.js';
import type { Principal } from './gate.js';
import type { HostName } from './host-names.js';

/**
 * One route of the admin API as data: what it takes and answers. A resource (`resources/`) has its routes beside their
 * handlers.
 */
export interface RouteSpec {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below `/api/v1`, with `:id` for parameters. */
  readonly path: string;
  readonly summary: string;
  /** `public`: asked by who has not signed in yet. Everything else refuses without credentials. */
  readonly access?: 'public';
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  /** JSON; `binary`: bytes of any kind, which the handler reads itself. */
  readonly body?: z.ZodType | 'binary';
  /**
   * Longest body; default: that of a long prompt. Whatever may be asked without credentials has a small one, as parsing
   * is not free.
   */
  readonly bodyBytes?: number;
  /** `sound`: audio/wav or audio/mpeg. Undefined: nothing (204). */
  readonly answer?: z.ZodType | 'sound' | 'json';
  /** Of success; default 200, without an answer 204. */
  readonly status?: number;
  /** Other answers with a body of the same kind. */
  readonly also?: Readonly<Record<number, string>>;
}

/** By the name of the operation in OpenAPI. */
export type Routes = Readonly<Record<string, RouteSpec>>;

/** What was found out about a request before its handler is called. */
export interface AdminContext {
  readonly host: HostName;
  /** Undefined only on routes that are `public`. */
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
/** What a handler gives back; one that answers with sound, a file or nothing sends it itself, by `reply`. */
type Answer<Spec extends RouteSpec> = 'answer' extends keyof Spec
  ? Spec['answer'] extends z.ZodType
    ? z.input<Spec['answer']>
    : unknown
  : void;

/** A request of which every part is as the contract says. */
export interface AdminRequest<Spec extends RouteSpec> extends AdminContext {
  readonly params: Field<Spec, 'params'>;
  readonly query: Field<Spec, 'query'>;
  readonly body: Field<Spec, 'body'>;
  readonly language: UiLanguage;
  /** Aborted when who asked has gone. */
  readonly signal: AbortSignal;
  readonly request: FastifyRequest;
  /** For another status than the contract's, headers, and bodies that are not JSON. */
  readonly reply: FastifyReply;
}

export type AdminHandler<Spec extends RouteSpec> = (asked: AdminRequest<Spec>) => Promise<Answer<Spec>> | Answer<Spec>;

/** A prompt of 20,000 Chinese characters in JSON. */
const BODY_BYTES = 128 * 1024;

/** Puts handlers behind their routes. */
export class AdminApi {
  /** `app`: the part of the server below `/api/v1`, behind its gate. */
  constructor(readonly app: FastifyInstance) {}

  /** `before`: throws for who is refused by what is known before the body is read. */
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
      params: checked(spec.params, request.params, both('the address', '地址')),
      query: checked(spec.query, request.query, both('the query', '查询参数')),
      body:
        spec.body === 'binary'
          ? undefined
          : checked(spec.body, spec.body && jsonOf(request), both('the body', '请求体')),
      language: languageOf(request),
      signal: goneSignal(reply),
      request,
      reply,
    };
    void reply.code(spec.status ?? (spec.answer === undefined ? 204 : 200));
    // Each part was checked with just the schema that its type is made of.
    const answer: unknown = await handler(asked as unknown as AdminRequest<Spec>);
    return reply.sent || answer === reply ? reply : reply.send(answer);
  };
}

function checked(schema: z.ZodType | undefined, value: unknown, part: Bilingual): unknown {
  if (schema === undefined) return undefined;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  // Only the place and the rule: what was sent may be a secret.
  const place = issue?.path.map(String).join('.') ?? '';
  const name = place === '' ? part : both(place, place);
  const rule = both(issue?.message ?? 'wrong', ruleInChinese(schema, value, issue));
  throw new ChorusError('admin.bad_request', both(`${name.en}: ${rule.en}`, `${name.zh}：${rule.zh}`), {
    details: { what: place },
  });
}

/** A rule of our own brings its Chinese words; of the usual ones the library has them. */
function ruleInChinese(schema: z.ZodType, value: unknown, issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'custom' && typeof issue.params?.['zh'] === 'string') return issue.params['zh'];
  const [translated] = schema.safeParse(value, { error: CHINESE }).error?.issues ?? [];
  return translated?.message ?? '不对';
}

const CHINESE = z.locales.zhCN().localeError;

function jsonOf(request: FastifyRequest): unknown {
  const { body } = request;
  if (body === undefined || body === '') return {};
  // A form of a foreign page could send text, but not this type.
  if (typeof body !== 'string' || !/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) {
    throw new ChorusError(
      'admin.bad_request',
      both(
        'the body has to be JSON, with content-type application/json',
        '请求体必须是 JSON，content-type 为 application/json',
      ),
      {
        details: { what: 'content-type' },
      },
    );
  }
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new ChorusError('admin.bad_request', both('the body is not JSON', '请求体不是 JSON'), {
      cause: error,
      details: { what: 'JSON' },
    });
  }
}

/** Chinese or English, by Accept-Language. */
export function languageOf(request: FastifyRequest): UiLanguage {
  return uiLanguage(languageTag(request.headers['accept-language']) ?? 'en');
}

function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished)
      gone.abort(new ChorusError('admin.not_found', both('who asked has gone', '提问的一方已经离开')));
  });
  return gone.signal;
}
