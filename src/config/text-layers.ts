import { parse } from 'yaml';
import { ALIASES } from './aliases.js';
import { FIELDS, type Field } from './fields.js';
import { isReference } from './secrets.js';
import { emptyLayer, findDoubles, place, type Layer } from './layer.js';
import type { Environment } from './environment.js';

const PREFIX = 'CHORUS_';
/** Variables that set the command line's own flags, not the configuration. */
const OWN_VARIABLES = new Set(['CHORUS_DATA', 'CHORUS_CONFIG', 'CHORUS_LANG']);
/** People expect these short names. */
const SHORT_NAMES: ReadonlyMap<string, string> = new Map([['CHORUS_ADMIN_PASSWORD', 'admin.password']]);

/**
 * Reads the variables `CHORUS_SECTION__KEY=value`. An empty variable means "not set", because compose files with
 * `${X:-}` create empty variables. Unknown names without a double underscore are ignored, because orchestrators set
 * `CHORUS_PORT=tcp://...` for a service called chorus.
 */
export function readEnvironmentLayer(env: Environment): Layer {
  const layer = emptyLayer();
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith(PREFIX) || text === undefined || text === '' || OWN_VARIABLES.has(name)) continue;
    const key = SHORT_NAMES.get(name) ?? name.slice(PREFIX.length).toLowerCase().split('__').join('.');
    if (!key.includes('.') && !FIELDS.has(key) && !ALIASES.has(key)) continue;
    place(layer, key, valueOf(key, text), { kind: 'environment', name });
  }
  findDoubles(layer);
  return layer;
}

/** The flag `--port 9000` is `{flag: '--port', key: 'server.port', text: '9000'}`. An undefined text is a mistake. */
export interface FlagValue {
  readonly flag: string;
  readonly key: string;
  readonly text: string | undefined;
}

export function readFlagLayer(flags: readonly FlagValue[]): Layer {
  const layer = emptyLayer();
  for (const { flag, key, text } of flags) {
    const origin = { kind: 'flag', flag } as const;
    if (text === undefined) {
      layer.mistakes.push({ kind: 'no_value', origin, key });
      continue;
    }
    place(layer, key, valueOf(key, text), origin);
    if (FIELDS.get(ALIASES.get(key)?.to ?? key)?.secret && text !== '' && !isReference(text))
      layer.notes.push({ kind: 'secret_on_command_line', origin, key });
  }
  findDoubles(layer);
  return layer;
}

/** Parses the `KEY=VALUE` after `--set`. */
export function parseSetFlag(text: string): FlagValue {
  const cut = text.indexOf('=');
  return cut < 0
    ? { flag: `--set ${text}`, key: text.trim(), text: undefined }
    : { flag: `--set ${text.slice(0, cut)}`, key: text.slice(0, cut).trim(), text: text.slice(cut + 1) };
}

/** A text that the field accepts stays unchanged. A list is split at commas, and any other text is parsed as YAML. */
function valueOf(key: string, text: string): unknown {
  const field = FIELDS.get(key) ?? FIELDS.get(ALIASES.get(key)?.to ?? '');
  if (!field) return text;
  if (field.shape.type === 'string' || field.schema.safeParse(text).success) return text;
  if (isList(field) && !text.trimStart().startsWith('[')) {
    const numbers = field.shape.items?.type === 'integer' || field.shape.items?.type === 'number';
    return text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '')
      .map((item) => (numbers && /^-?\d+(\.\d+)?$/.test(item) ? Number(item) : item));
  }
  try {
    return parse(text, { maxAliasCount: 100 }) as unknown;
  } catch {
    return text;
  }
}

const isList = (field: Field): boolean => field.shape.type === 'array';
