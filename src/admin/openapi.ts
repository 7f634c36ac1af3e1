import { z } from 'zod';
import type { RouteSpec } from './api.js';
import { ADMIN_API } from './contract.js';
import { CSRF_HEADER, SESSION_COOKIE } from './gate.js';
import { errorAnswer } from './shapes.js';

type Json = Readonly<Record<string, unknown>>;

export function openApiDocument(version: string): Json {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, spec] of Object.entries(ADMIN_API)) {
    const path = spec.path.replaceAll(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[spec.method.toLowerCase()] = operation(name, spec);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Chorus admin API',
      version,
      description:
        `A browser signs in with POST /session and sends the header ${CSRF_HEADER} with everything but GET. ` +
        'Commands on the server itself send the token of the data folder (file local-token) as bearer token.',
    },
    servers: [{ url: '/api/v1' }],
    security: [{ session: [], csrf: [] }, { local: [] }],
    paths,
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE },
        csrf: { type: 'apiKey', in: 'header', name: CSRF_HEADER },
        local: { type: 'http', scheme: 'bearer', description: 'Only from this machine.' },
      },
      schemas: { Error: schemaOf(errorAnswer, 'output') },
    },
  };
}

function operation(name: string, spec: RouteSpec): Json {
  const parameters = [...parametersOf(spec.params, 'path'), ...parametersOf(spec.query, 'query')];
  const body =
    spec.body === undefined
      ? undefined
      : spec.body === 'binary'
        ? { 'application/octet-stream': {} }
        : { 'application/json': { schema: schemaOf(spec.body, 'input') } };
  const failure = {
    description: 'Refused, or failed.',
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
  };
  const also = Object.fromEntries(
    Object.entries(spec.also ?? {}).map(([status, description]) => [status, { description, ...contentOf(spec) }]),
  );
  return {
    operationId: name,
    summary: spec.summary,
    ...(spec.access === 'public' && { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: true, content: body } }),
    responses: {
      [spec.status ?? (spec.answer === undefined ? 204 : 200)]: { description: 'Done.', ...contentOf(spec) },
      ...also,
      default: failure,
    },
  };
}

function contentOf({ answer }: RouteSpec): Json {
  if (answer === undefined) return {};
  if (answer === 'recording') return { content: { 'audio/ogg': {} } };
  if (answer === 'sound') return { content: { 'audio/wav': {}, 'audio/mpeg': {} } };
  return { content: { 'application/json': answer === 'json' ? {} : { schema: schemaOf(answer, 'output') } } };
}

function parametersOf(schema: z.ZodType | undefined, where: 'path' | 'query'): readonly Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    readonly properties?: Readonly<Record<string, Json>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, { description, ...shape }]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    ...(description !== undefined && { description }),
    schema: shape,
  }));
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...shape } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return shape;
}
