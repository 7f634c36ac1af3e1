import { z } from 'zod';
import type { Tool } from '../conversation/tools/index.js';
import { defineTool, inputSchema } from '../conversation/tools/tool.js';
import { ChorusError } from '../core/index.js';
import type { ProviderDescriptor } from '../providers/index.js';
import { failure } from './failure.js';
import { reasonOf } from './guard.js';
import { API_VERSION } from './plugin.js';

const words = z.object({ en: z.string().min(1), zh: z.string().min(1) });
const schema = z.custom<z.ZodObject>((value) => value instanceof z.ZodObject, 'not a zod object');
const callable = z.custom<(...given: never[]) => unknown>((value) => typeof value === 'function', 'not a function');
const languages = z.array(z.string().regex(/^(\*|[a-z]{2,3})$/)).min(1);
const described = { id: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/), name: words, about: words, create: callable };

/** Only these properties are checked here, because the author's TypeScript compiler checks the others. */
const provider = z.discriminatedUnion('kind', [
  z.looseObject({ ...described, kind: z.literal('voice'), settings: schema, languages }),
  z.looseObject({ ...described, kind: z.literal('recognition-service'), settings: schema, languages }),
  z.looseObject({
    ...described,
    kind: z.literal('language-model'),
    chosenBy: z.literal('preset'),
    settings: schema.optional(),
    languages: languages.optional(),
    perMinute: z.int().min(1).max(100_000).optional(),
    probe: callable.optional(),
  }),
]);
const tool = z.looseObject({
  name: z.string(),
  words,
  input: schema,
  effects: z.enum(['none', 'home', 'device']),
  run: callable,
});
const parts = z.object({
  providers: z.array(provider).max(32).default([]),
  tools: z.array(tool).max(64).default([]),
});

/** Reads and checks the content of a plug-in. Errors: `plugin.wrong_version`, `plugin.invalid`. */
export function readPlugin(
  name: string,
  module: object,
): { readonly providers: readonly ProviderDescriptor[]; readonly tools: readonly Tool[] } {
  const exported: unknown = (module as { default?: unknown }).default;
  if (typeof exported !== 'object' || exported === null)
    throw failure('plugin.invalid', name, 'its default export is not that of definePlugin');
  const { apiVersion: version } = exported as { apiVersion?: unknown };
  if (version !== API_VERSION)
    throw new ChorusError(
      'plugin.wrong_version',
      `the plug-in ${name} is made for version ${String(version)} of the plug-in API, this is version ${API_VERSION}`,
      { details: { plugin: name, version: String(version), own: API_VERSION } },
    );
  const result = parts.safeParse(exported);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw failure('plugin.invalid', name, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  }
  const { providers, tools } = exported as { providers?: ProviderDescriptor[]; tools?: Tool[] };
  try {
    for (const one of tools ?? []) for (const language of ['en', 'zh'] as const) inputSchema(defineTool(one), language);
  } catch (error) {
    throw failure('plugin.invalid', name, reasonOf(error), error);
  }
  return { providers: providers ?? [], tools: tools ?? [] };
}
