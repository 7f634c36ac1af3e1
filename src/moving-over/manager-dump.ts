import type { Readable } from 'node:stream';
import { AGENT_FIELD_LIST, type AgentFieldName } from '../records/index.js';
import { parseJsonTree } from './yaml-tree.js';
import { SqlRows, type SqlRow, type SqlValue } from './sql-rows.js';
import { emptyBranch, isBranch, type Branch, type Tree } from './tree.js';

export interface OldDevice {
  /** The MAC address as written in the dump. */
  readonly mac: string;
  readonly id: string;
  readonly board: string | undefined;
  readonly version: string | undefined;
  readonly name: string | undefined;
  readonly agentId: string | undefined;
  readonly userId: string | undefined;
}

export interface OldAgent extends Readonly<Partial<Record<AgentFieldName, string>>> {
  readonly id: string;
  readonly models: Readonly<Record<OldModelKind, string | undefined>>;
  readonly voiceId: string | undefined;
  /** Summary of the agent's conversations. The summary becomes the agent's memory. */
  readonly remembers: string | undefined;
}

export type OldModelKind = 'ASR' | 'VAD' | 'LLM' | 'VLLM' | 'TTS' | 'Memory' | 'Intent';

export interface OldModel {
  readonly id: string;
  readonly kind: string;
  readonly code: string;
  readonly settings: Branch;
  readonly isDefault: boolean;
}

export interface ManagerDump {
  readonly devices: readonly OldDevice[];
  readonly agents: readonly OldAgent[];
  readonly models: readonly OldModel[];
  readonly voices: ReadonlyMap<string, string>;
  /** Values and types of `sys_params` by code. */
  readonly params: ReadonlyMap<string, { readonly value: string; readonly type: string }>;
  /** Plug-in settings by agent id, in the form of the old server's `plugins` section. */
  readonly plugins: ReadonlyMap<string, Branch>;
  /** Words to replace, as `heard|meant`, by agent id. */
  readonly corrections: ReadonlyMap<string, readonly string[]>;
  /** People whose voices are registered, with their ids at the voiceprint-api. */
  readonly people: readonly { readonly id: string; readonly name: string }[];
  readonly users: ReadonlyMap<string, string>;
  /** Number of rows that were invalid, or were left out because the tables were too large. */
  readonly leftOut: number;
  /** Number of rows by table, for tables that have no counterpart in Chorus. */
  readonly others: ReadonlyMap<string, number>;
}

/** Limit on the data kept from a dump. A hundred thousand devices take 20 MB. */
const KEEP_MAX_BYTES = 64 * 1024 * 1024;
const TABLES = new Set([
  'ai_device',
  'ai_agent',
  'ai_model_config',
  'ai_tts_voice',
  'sys_params',
  'sys_user',
  'ai_agent_plugin_mapping',
  'ai_agent_correct_word_item',
  'ai_agent_correct_word_mapping',
  'ai_agent_voice_print',
]);
/** Names of the old server's plug-ins by their id in the database. Other plug-ins are named by their id. */
const PLUGINS: Readonly<Record<string, string>> = {
  SYSTEM_PLUGIN_WEATHER: 'get_weather',
  SYSTEM_PLUGIN_MUSIC: 'play_music',
  SYSTEM_PLUGIN_NEWS_CHINANEWS: 'get_news_from_chinanews',
  SYSTEM_PLUGIN_NEWS_NEWSNOW: 'get_news_from_newsnow',
  SYSTEM_PLUGIN_HA_GET_STATE: 'home_assistant',
  SYSTEM_PLUGIN_HA_SET_STATE: 'home_assistant',
  SYSTEM_PLUGIN_HA_PLAY_MUSIC: 'home_assistant',
  SYSTEM_PLUGIN_WEB_SEARCH: 'web_search',
};
const COUNTED: Readonly<Record<string, true>> = {
  ai_voiceprint: true,
  ai_ota: true,
};

/**
 * Reads a dump of the database of the old server's web console (manager-api), in bounded memory. Rejects with the
 * stream's errors.
 */
export async function readManagerDump(stream: Readable, signal?: AbortSignal): Promise<ManagerDump> {
  const collector = new Collector();
  const rows = new SqlRows(collector);
  for await (const chunk of stream) {
    signal?.throwIfAborted();
    rows.push(chunk as Buffer);
  }
  rows.end();
  return collector.finish(rows.broken);
}

class Collector {
  readonly #devices = new Map<string, OldDevice>();
  readonly #agents = new Map<string, OldAgent>();
  readonly #models = new Map<string, OldModel>();
  readonly #voices = new Map<string, string>();
  readonly #params = new Map<string, { value: string; type: string }>();
  readonly #users = new Map<string, string>();
  readonly #plugins = new Map<string, Branch>();
  readonly #people = new Map<string, string>();
  readonly #words = new Map<string, string[]>();
  readonly #wordFiles = new Map<string, string[]>();
  readonly #others = new Map<string, number>();
  #bytes = 0;
  #leftOut = 0;

  wants(table: string): boolean {
    return TABLES.has(table) || COUNTED[table] === true;
  }

  row(table: string, row: SqlRow): void {
    if (COUNTED[table]) {
      this.#others.set(table, (this.#others.get(table) ?? 0) + 1);
      return;
    }
    if (!this.#fits(row)) {
      this.#leftOut++;
      return;
    }
    if (!this.#keep(table, row)) this.#leftOut++;
  }

  finish(broken: number): ManagerDump {
    return {
      devices: [...this.#devices.values()],
      agents: [...this.#agents.values()],
      models: [...this.#models.values()],
      voices: this.#voices,
      params: this.#params,
      people: [...this.#people].map(([id, name]) => ({ id, name })),
      users: this.#users,
      plugins: this.#plugins,
      corrections: new Map(
        [...this.#wordFiles].map(([agent, files]) => [agent, files.flatMap((file) => this.#words.get(file) ?? [])]),
      ),
      leftOut: this.#leftOut + broken,
      others: this.#others,
    };
  }

  #keepPlugin(agent: string | undefined, plugin: string | undefined, params: string): boolean {
    if (agent === undefined || plugin === undefined) return false;
    const name = Object.hasOwn(PLUGINS, plugin) ? PLUGINS[plugin] : plugin.toLowerCase();
    const settings = parseJsonTree(params);
    const known = this.#plugins.get(agent) ?? emptyBranch();
    const before = known[name ?? ''];
    const merged = { ...(isBranch(before) && before), ...(isBranch(settings) && settings) };
    this.#plugins.set(agent, { ...known, [name ?? '']: merged });
    return true;
  }

  #fits(row: SqlRow): boolean {
    let bytes = 256;
    for (const value of Object.values(row)) bytes += (value?.length ?? 0) * 2;
    if (this.#bytes + bytes > KEEP_MAX_BYTES) return false;
    this.#bytes += bytes;
    return true;
  }

  #keep(table: string, row: SqlRow): boolean {
    const text: TextOf = (...names) => names.map((name) => nonEmpty(row[name])).find((value) => value !== undefined);
    switch (table) {
      case 'ai_device':
        return put(this.#devices, deviceOf(text));
      case 'ai_agent':
        return put(this.#agents, agentOf(text));
      case 'ai_model_config':
        return put(this.#models, modelOf(row, text));
      case 'ai_tts_voice':
        return put(this.#voices, keyed(text('id'), text('tts_voice')));
      case 'ai_agent_plugin_mapping':
        return this.#keepPlugin(text('agent_id'), text('plugin_id'), row['param_info'] ?? '');
      case 'ai_agent_correct_word_item':
        return gather(this.#words, text('file_id'), pairOf(text('source_word'), text('target_word')));
      case 'ai_agent_correct_word_mapping':
        return gather(this.#wordFiles, text('agent_id'), text('file_id'));
      case 'ai_agent_voice_print':
        return put(this.#people, keyed(text('id'), text('source_name')));
      case 'sys_params': {
        const [code, value] = [text('param_code'), text('param_value')];
        if (code !== undefined && value !== undefined)
          this.#params.set(code, { value, type: text('value_type') ?? 'string' });
        return code !== undefined;
      }
      default:
        put(this.#users, keyed(text('id'), text('username')));
        return true;
    }
  }
}

const pairOf = (heard: string | undefined, meant: string | undefined): string | undefined =>
  heard === undefined ? undefined : `${heard}|${meant ?? ''}`;

function gather(map: Map<string, string[]>, key: string | undefined, value: string | undefined): boolean {
  if (key === undefined || value === undefined) return false;
  const list = map.get(key) ?? [];
  list.push(value);
  map.set(key, list);
  return true;
}

type TextOf = (...names: readonly string[]) => string | undefined;
type Entry<T> = readonly [string, T];

function put<T>(map: Map<string, T>, entry: Entry<T> | undefined): boolean {
  if (entry) map.set(...entry);
  return entry !== undefined;
}

function keyed<T>(key: string | undefined, value: T | undefined): Entry<T> | undefined {
  return key === undefined || value === undefined ? undefined : [key, value];
}

function deviceOf(text: TextOf): Entry<OldDevice> | undefined {
  const id = text('id');
  const mac = text('mac_address') ?? id;
  if (mac === undefined) return undefined;
  return [
    mac.toLowerCase(),
    {
      mac,
      id: id ?? mac,
      board: text('board'),
      version: text('app_version'),
      name: text('alias'),
      agentId: text('agent_id'),
      userId: text('user_id'),
    },
  ];
}

function agentOf(text: TextOf): Entry<OldAgent> | undefined {
  const id = text('id');
  if (id === undefined) return undefined;
  // Of two column names, the second was in use before April 2025.
  const models = {
    ASR: text('asr_model_id'),
    VAD: text('vad_model_id'),
    LLM: text('llm_model_id', 'llm_model'),
    VLLM: text('vllm_model_id'),
    TTS: text('tts_model_id'),
    Memory: text('mem_model_id'),
    Intent: text('intent_model_id'),
  };
  const same = AGENT_FIELD_LIST.flatMap(([name, { importedFrom }]) =>
    importedFrom ? [[name, text(...importedFrom)]] : [],
  );
  return [
    id,
    {
      ...Object.fromEntries(same),
      id,
      models,
      voiceId: text('tts_voice_id', 'tts_voice'),
      remembers: text('summary_memory', 'memory'),
    },
  ];
}

function modelOf(row: SqlRow, text: TextOf): Entry<OldModel> | undefined {
  const [id, kind, code] = [text('id'), text('model_type'), text('model_code')];
  const settings = parseJsonTree(row['config_json'] ?? '');
  if (id === undefined || kind === undefined || !isBranch(settings)) return undefined;
  return [id, { id, kind, code: code ?? id, settings, isDefault: row['is_default'] === '1' }];
}

function nonEmpty(value: SqlValue): string | undefined {
  const text = value?.trim();
  // The old server writes the word `null` for an empty value.
  return text === undefined || text === '' || text === 'null' ? undefined : text;
}

export function paramTree({ value, type }: { readonly value: string; readonly type: string }): Tree {
  if (type === 'number') return Number.isFinite(Number(value)) ? Number(value) : value;
  if (type === 'boolean') return value === 'true';
  if (type === 'array')
    return value
      .split(/[;；]/)
      .map((item) => item.trim())
      .filter((item) => item !== '');
  return type === 'json' ? (parseJsonTree(value) ?? value) : value;
}
