import { z } from 'zod';
import type { Bilingual, UiLanguage } from '../core/index.js';
import { providers, type ProviderRegistry } from '../providers/index.js';
import { schemaOf } from './schema.js';
import { configWords } from './words.js';

export interface FieldShape {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly FieldShape[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly examples?: readonly unknown[];
  readonly format?: string;
  readonly items?: FieldShape;
  readonly properties?: Readonly<Record<string, FieldShape>>;
  readonly additionalProperties?: FieldShape | boolean;
  readonly default?: unknown;
  readonly description?: string;
  readonly writeOnly?: boolean;
  readonly live?: boolean;
  readonly zh?: string;
  /** True if the console asks for this field when a person chooses a provider. */
  readonly page?: boolean;
}

/** One setting. A list is a single setting, and so is a map whose keys users choose. */
export interface Field {
  /** With dots, for example `tts.edge.url`. */
  readonly key: string;
  readonly schema: z.ZodType;
  readonly shape: FieldShape;
  readonly about: Bilingual;
  readonly secret: boolean;
  /** False if a new value takes effect only after a restart. */
  readonly live: boolean;
  /** True for a map whose keys users choose, such as `asr.corrections`. */
  readonly map: boolean;
}

export interface Section {
  readonly key: string;
  readonly about: Bilingual;
}

export let configSchema: ReturnType<typeof schemaOf>;
/** By dotted key, in the order of the schema. */
export const FIELDS: ReadonlyMap<string, Field> = new Map();
/** By dotted key, without the root. */
export const SECTIONS: ReadonlyMap<string, Section> = new Map();

/** Call this again after a provider was registered, before anything is loaded. */
export function useProviders(registry: ProviderRegistry): void {
  configSchema = schemaOf(registry);
  (FIELDS as Map<string, Field>).clear();
  (SECTIONS as Map<string, Section>).clear();
  collect(configSchema, rawSchema(), []);
}

const rawSchema = (): FieldShape => z.toJSONSchema(configSchema, { io: 'input' }) as FieldShape;

/** JSON Schema draft 2020-12, with descriptions in the language of the editor's user. */
export function configJsonSchema(language: UiLanguage = 'en'): Record<string, unknown> {
  const { $schema, ...schema } = rawSchema() as FieldShape & { readonly $schema?: unknown };
  return {
    $schema,
    title: configWords.title[language],
    ...forEditors(schema, '', language),
  };
}

function forEditors({ zh: _zh, page: _page, ...shape }: FieldShape, key: string, language: UiLanguage): FieldShape {
  const description = (FIELDS.get(key) ?? SECTIONS.get(key))?.about[language];
  const members = Object.entries(shape.properties ?? {}).map(
    ([name, member]) => [name, forEditors(member, key === '' ? name : `${key}.${name}`, language)] as const,
  );
  return {
    ...shape,
    ...(description !== undefined && { description }),
    ...(members.length > 0 && { properties: Object.fromEntries(members) }),
  };
}

function unwrap(schema: z.ZodType): z.ZodType {
  let inner = schema;
  while (inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault || inner instanceof z.ZodOptional)
    inner = inner.unwrap() as z.ZodType;
  return inner;
}

/** A test makes sure that no Chinese text is missing. */
const aboutOf = ({ description: en = '', zh = en }: FieldShape): Bilingual => ({ en, zh });

/** A key without its own `live` mark gets `live` from its section. */
function collect(schema: z.ZodType, shape: FieldShape, path: readonly string[], live = false): void {
  const inner = unwrap(schema);
  const key = path.join('.');
  if (inner instanceof z.ZodObject) {
    if (key !== '') (SECTIONS as Map<string, Section>).set(key, { key, about: aboutOf(shape) });
    for (const [name, member] of Object.entries(inner.shape))
      collect(member as z.ZodType, shape.properties?.[name] ?? {}, [...path, name], shape.live ?? live);
    return;
  }
  (FIELDS as Map<string, Field>).set(key, {
    key,
    schema,
    shape,
    about: aboutOf(shape),
    secret: shape.writeOnly === true,
    live: shape.live ?? live,
    map: inner instanceof z.ZodRecord,
  });
}

useProviders(providers);
