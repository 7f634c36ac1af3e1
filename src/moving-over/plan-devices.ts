import { z } from 'zod';
import { isFirmwareVersion, parseDeviceId } from '../device/protocol/index.js';
import { AGENT_FIELD_LIST, AGENT_FIELDS, type Agent } from '../records/index.js';
import { MAX_NAME_CHARS, type Draft } from './draft.js';
import { mainAgent, modelOf, withVoice } from './dump-settings.js';
import type { ManagerDump, OldAgent } from './manager-dump.js';
import type { PlannedDevice } from './report.js';
import { findProvider } from './plan-modules.js';
import { planRecogniser } from './plan-recognition.js';
import { PlannedServices } from './plan-services.js';
import { at, numberOf, textOf, type Branch } from './tree.js';
import { movingOverWords } from './words.js';
import type { Bilingual } from '../core/index.js';

export function planDevices(
  draft: Draft,
  dump: ManagerDump | undefined,
  tree: Branch,
): { readonly devices: readonly PlannedDevice[]; readonly agents: readonly Agent[] } {
  const devices = new Map<string, PlannedDevice>();
  const listed = draft.values.get('auth.allowlist');
  for (const deviceId of Array.isArray(listed) ? (listed as readonly string[]) : []) {
    devices.set(deviceId, {
      deviceId,
      board: undefined,
      firmwareVersion: undefined,
      language: '',
      name: undefined,
      agentId: undefined,
      user: undefined,
    });
  }
  const charactersPerDay = dailyLimit(tree);
  if (!dump) {
    reportDailyLimit(draft, charactersPerDay, 0);
    return { devices: [...devices.values()], agents: [] };
  }
  const main = mainAgent(dump);
  const agents = planAgents(draft, dump, main).map((agent) => ({
    ...agent,
    ...(charactersPerDay !== undefined && { charactersPerDay }),
  }));
  reportDailyLimit(draft, charactersPerDay, agents.length);
  const nameless = addDevices(devices, dump, new Set(agents.map(({ id }) => id)));
  if (devices.size > 0) draft.keep('ai_device', 'devices', String(devices.size));
  if (nameless > 0) draft.skip('ai_device', movingOverWords.noMac(nameless));
  if (main) draft.keep('ai_agent', 'llm.prompt, tts.*, llm.*', JSON.stringify(main.name ?? main.id));
  const language = main && languageOf(main);
  if (language !== undefined && language !== '') draft.set('ai_agent.lang_code', 'session.language', language);
  reportRest(draft, dump);
  return { devices: [...devices.values()], agents };
}

/** Returns the number of rows without a MAC address. */
function addDevices(devices: Map<string, PlannedDevice>, dump: ManagerDump, agentIds: ReadonlySet<string>): number {
  const languages = new Map(dump.agents.map((agent) => [agent.id, languageOf(agent)]));
  let nameless = 0;
  for (const old of dump.devices) {
    const deviceId = parseDeviceId(old.mac);
    if (deviceId === undefined) {
      nameless++;
      continue;
    }
    devices.set(deviceId, {
      deviceId,
      board: old.board?.slice(0, 128),
      firmwareVersion: old.version !== undefined && isFirmwareVersion(old.version) ? old.version : undefined,
      language: languages.get(old.agentId ?? '') ?? '',
      name: old.name?.slice(0, MAX_NAME_CHARS),
      agentId: old.agentId !== undefined && agentIds.has(old.agentId) ? old.agentId : undefined,
      user: old.userId === undefined ? undefined : dump.users.get(old.userId),
    });
  }
  return nameless;
}

function reportRest(draft: Draft, dump: ManagerDump): void {
  if (dump.leftOut > 0) draft.skip('dump', movingOverWords.leftOut(dump.leftOut));
  for (const [table, rows] of dump.others) draft.skip(table, movingOverWords.otherTable(OTHERS[table] ?? '', rows));
  const others = [...dump.corrections.keys()].filter((id) => id !== mainAgent(dump)?.id);
  if (others.length > 0) draft.skip('ai_agent_correct_word_mapping', movingOverWords.otherCorrections(others.length));
}

const DAILY = 'device_max_output_size';

/** Number of characters that a device may speak a day. 0 means no limit. */
function dailyLimit(tree: Branch): number | undefined {
  const value = numberOf(at(tree, [DAILY]));
  const { charactersPerDay } = AGENT_FIELDS;
  return value !== undefined && charactersPerDay.schema.safeParse(value).success ? value : undefined;
}

function reportDailyLimit(draft: Draft, limit: number | undefined, agents: number): void {
  if (limit === undefined) return;
  if (agents > 0) draft.keep(DAILY, 'agents', `charactersPerDay: ${limit}`);
  draft.skip(DAILY, movingOverWords.noDailyLimit);
}

const OTHERS: Readonly<Record<string, Bilingual>> = movingOverWords.otherTables;

/** The main agent becomes the configuration, and the others become agents of Chorus. */
function planAgents(draft: Draft, dump: ManagerDump, main: OldAgent | undefined): readonly Agent[] {
  const agents: Agent[] = [];
  const configured = main && modelOf(dump, main, 'LLM');
  const services = new PlannedServices(draft);
  for (const agent of dump.agents) {
    if (agent === main) continue;
    const llm = modelOf(dump, agent, 'LLM');
    const voice = modelOf(dump, agent, 'TTS');
    const provider = voice && findProvider('TTS', textOf(voice.settings['type']) ?? voice.code);
    const usable = voice && provider?.take ? withVoice(voice, 'TTS', agent, dump)['voice'] : undefined;
    const name = (agent.name ?? agent.id).slice(0, MAX_NAME_CHARS);
    const other = llm && llm.id !== configured?.id ? llm : undefined;
    const service = other && services.nameOf(other);
    const memory = memoryOf(dump, agent);
    const recognition = recognitionOf(draft, dump, agent, name);
    agents.push({
      ...textsOf(agent),
      id: agent.id,
      name,
      voice: typeof usable === 'string' ? usable : undefined,
      language: languageOf(agent),
      model: llm && !other && typeof llm.settings['model_name'] === 'string' ? llm.settings['model_name'] : undefined,
      ...(service !== undefined && { service }),
      ...(memory !== undefined && { memory }),
      ...(recognition !== undefined && { recognition }),
    });
    if (other && service === undefined)
      draft.skip(`ai_agent ${JSON.stringify(name)}: llm_model_id`, movingOverWords.otherModel);
  }
  if (agents.length > 0) draft.keep('ai_agent', 'agents', String(agents.length));
  return agents;
}

function recognitionOf(draft: Draft, dump: ManagerDump, agent: OldAgent, name: string): Agent['recognition'] {
  const main = mainAgent(dump);
  const configured = main && modelOf(dump, main, 'ASR');
  const own = modelOf(dump, agent, 'ASR');
  if (own === undefined || own.id === configured?.id) return undefined;
  const id = planRecogniser(draft, own);
  if (id === undefined) draft.skip(`ai_agent ${JSON.stringify(name)}: asr_model_id`, movingOverWords.otherRecogniser);
  return id;
}

/** Returns undefined if the agent names no memory, or a kind other than `nomem` and `mem_local_short`. */
function memoryOf(dump: ManagerDump, agent: OldAgent): Agent['memory'] {
  if (agent.models.Memory === undefined) return undefined;
  const model = modelOf(dump, agent, 'Memory');
  const type = (model && textOf(model.settings['type'])) ?? model?.code ?? agent.models.Memory;
  if (/(^|_)nomem$/.test(type)) return 'none';
  return /(^|_)mem_local_short$/.test(type) ? 'summary' : undefined;
}

function textsOf(agent: OldAgent): Partial<Agent> {
  return Object.fromEntries(
    AGENT_FIELD_LIST.flatMap(([name, { importedFrom, schema }]) => {
      const value = importedFrom && agent[name];
      if (value === undefined) return [];
      const { maxLength } = z.toJSONSchema(schema);
      const fitting = schema.safeParse(value.slice(0, maxLength));
      return fitting.success ? [[name, fitting.data]] : [];
    }),
  );
}

/** Converts a language to the form that devices report. For example, `zh` becomes `zh-CN`. */
function languageOf({ language }: Pick<OldAgent, 'language'>): string | undefined {
  const tag = language?.replace('_', '-');
  if (tag === undefined || !/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(tag)) return undefined;
  return USUAL[tag] ?? tag;
}
const USUAL: Readonly<Record<string, string>> = {
  zh: 'zh-CN',
  en: 'en-US',
  ja: 'ja-JP',
  ko: 'ko-KR',
  de: 'de-DE',
  vi: 'vi-VN',
  fr: 'fr-FR',
  es: 'es-ES',
};
