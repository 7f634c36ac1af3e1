import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ChorusError } from '../core/index.js';
import { keySettingOf, providers } from '../providers/index.js';
import { configSchema, FIELDS, type Field } from './fields.js';
import { CONFIG_MAX_BYTES, readFileLayer } from './file-layer.js';
import type { Environment } from './environment.js';
import { emptyLayer, type Layer, type Leaf } from './layer.js';
import { showValue, type ConfigNote, type Mistake, type Origin } from './mistake.js';
import { isProfile, profileSettings } from './profiles.js';
import { brokenRules } from './rules.js';
import type { Config } from './schema.js';
import { resolveSecret } from './secrets.js';
import { suggestWord } from './suggest.js';
import { readEnvironmentLayer, readFlagLayer, type FlagValue } from './text-layers.js';

export interface LoadOptions {
  readonly dataDir: string;
  /** Undefined means `config.yaml` in the data folder, which need not exist. A file that is named here must exist. */
  readonly file?: string;
  /** Text to use in place of the file's content. Messages use `name` as the file name. */
  readonly candidate?: { readonly text: string; readonly name: string };
  readonly env: Environment;
  readonly flags?: readonly FlagValue[];
}

export interface LoadedConfig {
  readonly ok: true;
  /** Deeply frozen. */
  readonly config: Config;
  readonly file: string;
  readonly fileExists: boolean;
  /** A field that no source sets is left out. */
  readonly origins: ReadonlyMap<string, Origin>;
  readonly notes: readonly ConfigNote[];
}

export interface RejectedConfig {
  readonly ok: false;
  readonly file: string;
  readonly mistakes: readonly Mistake[];
  readonly notes: readonly ConfigNote[];
}

/** Files in which users of the Python server keep their settings. Chorus may share the folder with these files. */
const PYTHON_FILES = ['.config.yaml', '.config_optimized.yaml'];

const DEFAULT_ORIGIN: Origin = { kind: 'default' };

/**
 * Returns either all mistakes at once or a frozen configuration. Rejects with `config.unreadable` if the file cannot be
 * read.
 */
export async function loadConfig(options: LoadOptions): Promise<LoadedConfig | RejectedConfig> {
  const file = fileOf(options);
  const { text, layers } = await readLayers(file, options);
  const mistakes = layers.flatMap((layer) => layer.mistakes);
  const notes = layers.flatMap((layer) => layer.notes);
  const leaves = merge(layers.flatMap((layer) => layer.leaves));
  addLimits(leaves, options.env);
  addProfile(leaves);
  addVendorKeys(leaves, options.env);
  addThreads(leaves, options.env);
  for (const leaf of leaves.values()) {
    if (!leaf.field.secret) continue;
    const secret = await resolveSecret(leaf, file, options.env);
    if ('mistake' in secret) {
      mistakes.push(secret.mistake);
      leaves.delete(leaf.field.key);
    } else leaves.set(leaf.field.key, { ...leaf, value: secret.value });
  }
  mistakes.push(...dropInvalid(leaves));
  const config = configSchema.parse(nest(leaves));
  mistakes.push(...brokenRules(config, (key) => leaves.get(key)?.origin ?? DEFAULT_ORIGIN));
  // An import sets `server.ota_ports`. Without that key, the user is reminded to import.
  if (config.server.ota_ports.length === 0) {
    for (const name of PYTHON_FILES)
      if (await exists(join(options.dataDir, name)))
        notes.push({ kind: 'python_config', file: join(options.dataDir, name) });
  }
  if (config.auth.pairing === 'allowlist' && config.auth.allowlist.length === 0)
    notes.push({ kind: 'empty_allowlist' });
  if (mistakes.length > 0) return { ok: false, file, mistakes, notes };
  const origins = new Map([...leaves].map(([key, leaf]) => [key, leaf.origin]));
  return { ok: true, config: deepFreeze(config), file, fileExists: text !== undefined, origins, notes };
}

/**
 * The names are read first, because plug-ins add values and sections. Returns no names if the key is invalid. {@link
 * loadConfig} reports an invalid key.
 */
export async function pluginNames(options: LoadOptions): Promise<readonly string[]> {
  const { layers } = await readLayers(fileOf(options), options);
  const leaf = merge(layers.flatMap((layer) => layer.leaves)).get('plugins');
  const names = leaf?.field.schema.safeParse(leaf.value);
  return names?.success === true ? (names.data as readonly string[]) : [];
}

const fileOf = ({ file, dataDir }: LoadOptions): string =>
  file === undefined ? join(dataDir, 'config.yaml') : resolve(file);

async function readLayers(
  file: string,
  options: LoadOptions,
): Promise<{ readonly text: string | undefined; readonly layers: readonly Layer[] }> {
  const text = options.candidate?.text ?? (await readConfigText(file, options.file !== undefined));
  const layers = [
    text === undefined ? emptyLayer() : readFileLayer(text, options.candidate?.name ?? options.file ?? file),
    readEnvironmentLayer(options.env),
    readFlagLayer(options.flags ?? []),
  ];
  return { text, layers };
}

async function readConfigText(file: string, required: boolean): Promise<string | undefined> {
  try {
    const { size } = await stat(file);
    if (size > CONFIG_MAX_BYTES)
      throw new ChorusError('config.unreadable', `${file} is larger than 1 MB and cannot be a configuration file`, {
        details: { file },
      });
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof ChorusError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    if ((code === 'ENOENT' || code === 'ENOTDIR') && !required) return undefined;
    throw new ChorusError('config.unreadable', `${file} cannot be read (${code})`, {
      cause: error,
      details: { file, system: code },
    });
  }
}

/** Later layers override earlier ones. A single entry of a map is added to the entries of earlier layers. */
function merge(all: readonly Leaf[]): Map<string, Leaf> {
  const leaves = new Map<string, Leaf>();
  for (const leaf of all) {
    if (leaf.member === undefined) leaves.set(leaf.field.key, leaf);
    else {
      const before = leaves.get(leaf.field.key)?.value;
      const base = typeof before === 'object' && before !== null ? before : {};
      const { member, ...whole } = leaf;
      leaves.set(leaf.field.key, { ...whole, value: { ...base, [member]: leaf.value } });
    }
  }
  return leaves;
}

function addProfile(leaves: Map<string, Leaf>): void {
  const profile = leaves.get('profile')?.value;
  if (!isProfile(profile)) return;
  for (const [key, value] of profileSettings(profile)) {
    const field = FIELDS.get(key);
    if (field && !leaves.has(key)) leaves.set(key, { field, value, origin: { kind: 'profile', profile } });
  }
}

/** `OMP_NUM_THREADS` is the variable of OpenMP programs. Only the first number of a list such as `4,2` is used. */
function addThreads(leaves: Map<string, Leaf>, env: Environment): void {
  const field = FIELDS.get('load.threads');
  const threads = Number(/^\s*([1-9]\d?)\s*(,|$)/.exec(env['OMP_NUM_THREADS'] ?? '')?.[1]);
  if (!field || leaves.has('load.threads') || !field.schema.safeParse(threads).success) return;
  leaves.set('load.threads', { field, value: threads, origin: { kind: 'environment', name: 'OMP_NUM_THREADS' } });
}

/**
 * The compose file limits the container with `LIMIT_CPUS` and `LIMIT_MEMORY` (deploy/profiles/). `0` means no limit.
 */
function addLimits(leaves: Map<string, Leaf>, env: Environment): void {
  const add = (key: string, name: string, value: number | undefined): void => {
    const field = FIELDS.get(key);
    if (value === undefined || !field || leaves.has(key) || !field.schema.safeParse(value).success) return;
    leaves.set(key, { field, value, origin: { kind: 'environment', name } });
  };
  add('load.cpu', 'LIMIT_CPUS', Number(env['LIMIT_CPUS'] ?? NaN));
  add('load.memory_gb', 'LIMIT_MEMORY', gigabytes(env['LIMIT_MEMORY'] ?? ''));
}

/** Parses `3g`, `3072m` or `3221225472` as container engines do. */
function gigabytes(text: string): number | undefined {
  const [, amount, unit = 'b'] = /^(\d+(?:\.\d+)?)([bkmg])?b?$/i.exec(text.trim()) ?? [];
  return amount === undefined ? undefined : (Number(amount) * 1024 ** 'bkmg'.indexOf(unit.toLowerCase())) / 1024 ** 3;
}

/** Reads API keys from the vendors' usual variables, if a chosen vendor has no key. */
function addVendorKeys(leaves: Map<string, Leaf>, env: Environment): void {
  const add = (key: string, variables: readonly string[]): void => {
    const field = FIELDS.get(key);
    const name = variables.find((variable) => (env[variable] ?? '') !== '');
    if (field && name !== undefined && !leaves.has(key))
      leaves.set(key, { field, value: env[name], origin: { kind: 'environment', name } });
  };
  const chosen = (key: string): string => String(leaves.get(key)?.value);
  for (const section of ['llm', 'llm.fallback'])
    add(`${section}.api_key`, providers.languageModel(chosen(`${section}.preset`), undefined)?.key?.variables ?? []);
  const voice = providers.voice(chosen('tts.provider'));
  const key = voice && keySettingOf(voice);
  if (key !== undefined) add(key, voice?.key?.variables ?? []);
  const services = [
    chosen('asr.model'),
    ...[leaves.get('asr.fallback')?.value, leaves.get('asr.services')?.value].flat().map(String),
  ];
  for (const id of [leaves.get('realtime.services')?.value].flat().map(String))
    add(`realtime.${id}.api_key`, providers.realtimeModel(id)?.key?.variables ?? []);
  for (const id of services) add(`asr.${id}.api_key`, providers.recognitionService(id)?.key?.variables ?? []);
}

/** Removes values that do not fit their field, so that the rest can still be checked. */
function dropInvalid(leaves: Map<string, Leaf>): Mistake[] {
  const mistakes: Mistake[] = [];
  for (const leaf of leaves.values()) {
    const result = leaf.field.schema.safeParse(leaf.value);
    if (result.success) continue;
    leaves.delete(leaf.field.key);
    const seen = new Set<string>();
    for (const issue of result.error.issues) {
      const path = issue.path.filter((step) => typeof step !== 'symbol');
      const key = path.reduce<string>(
        (joined, step) => (typeof step === 'number' ? `${joined}[${step}]` : `${joined}.${step}`),
        leaf.field.key,
      );
      if (seen.has(key)) continue;
      seen.add(key);
      const shape = shapeAt(leaf.field, path.length);
      const found = valueAt(leaf, path);
      const suggestion =
        typeof found === 'string' && shape.enum
          ? suggestWord(
              found,
              shape.enum.filter((word) => typeof word === 'string'),
            )
          : undefined;
      mistakes.push({
        kind: 'invalid',
        origin: leaf.locate?.(path) ?? leaf.origin,
        key,
        found: leaf.field.secret ? '***' : showValue(found),
        shape,
        ...(suggestion !== undefined && { suggestion }),
      });
    }
  }
  return mistakes;
}

function valueAt(leaf: Leaf, path: readonly (string | number)[]): unknown {
  let value = leaf.value;
  for (const step of path)
    value = typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>)[step] : undefined;
  return value;
}

function shapeAt(field: Field, depth: number): Field['shape'] {
  let shape = field.shape;
  for (let i = 0; i < depth; i++)
    shape = shape.items ?? (typeof shape.additionalProperties === 'object' ? shape.additionalProperties : shape);
  return shape;
}

function nest(leaves: ReadonlyMap<string, Leaf>): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const [key, leaf] of leaves) {
    const path = key.split('.');
    const name = path.pop() ?? key;
    let section = root;
    for (const step of path) section = (section[step] ??= {}) as Record<string, unknown>;
    section[name] = leaf.value;
  }
  return root;
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch {
    return false;
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) deepFreeze(member);
  }
  return value;
}
