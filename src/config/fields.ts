import { z } from 'zod';
import type { UiLanguage } from '../core/index.js';
import { aboutInChinese } from './about-zh.js';
import { configSchema } from './schema.js';

/** JSON Schema of one field, as far as it is looked at here. */
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
}

/** One leaf of the configuration: what can be set by itself. Lists and maps of free keys are leaves. */
export interface Field {
  /** Dotted, e.g. `tts.edge.url`. */
  readonly key: string;
  readonly schema: z.ZodType;
  readonly shape: FieldShape;
  readonly secret: boolean;
  /** A running server takes another value over; else it takes effect after a restart. */
  readonly live: boolean;
  /** True for maps whose keys users choose (`asr.corrections`). */
  readonly map: boolean;
}

export interface Section {
  readonly key: string;
  readonly about: string;
}

/** Every field, by dotted key, in the order of the schema. */
export const FIELDS: ReadonlyMap<string, Field> = new Map();
/** Every section, by dotted key; the root is not among them. */
export const SECTIONS: ReadonlyMap<string, Section> = new Map();

/** JSON Schema (draft 2020-12) of the configuration file, with descriptions in the language of who edits it. */
export function configJsonSchema(language: UiLanguage = 'en'): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(configSchema, { io: 'input' });
  return {
    $schema,
    title: language === 'zh' ? 'Chorus 配置' : 'Chorus configuration',
    ...(language === 'zh' ? inChinese(schema as FieldShape, '') : schema),
  };
}

function inChinese(shape: FieldShape, key: string): FieldShape {
  const description = aboutInChinese(key);
  const members = Object.entries(shape.properties ?? {}).map(
    ([name, member]) => [name, inChinese(member, key === '' ? name : `${key}.${name}`)] as const,
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

/** `live`: as the section says, for what says nothing itself. */
function collect(schema: z.ZodType, shape: FieldShape, path: readonly string[], live = false): void {
  const inner = unwrap(schema);
  const key = path.join('.');
  if (inner instanceof z.ZodObject) {
    if (key !== '') (SECTIONS as Map<string, Section>).set(key, { key, about: shape.description ?? '' });
    for (const [name, member] of Object.entries(inner.shape))
      collect(member as z.ZodType, shape.properties?.[name] ?? {}, [...path, name], shape.live ?? live);
    return;
  }
  (FIELDS as Map<string, Field>).set(key, {
    key,
    schema,
    shape,
    secret: shape.writeOnly === true,
    live: shape.live ?? live,
    map: inner instanceof z.ZodRecord,
  });
}

collect(configSchema, configJsonSchema(), []);
