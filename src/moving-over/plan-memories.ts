import { parseDeviceId } from '../device/protocol/index.js';
import type { Draft } from './draft.js';
import type { ManagerDump, OldAgent } from './manager-dump.js';
import { isBranch, textOf, type Branch, type Tree } from './tree.js';
import { parseJsonTree } from './yaml-tree.js';
import { movingOverWords } from './words.js';

export interface PlannedMemory {
  readonly deviceId: string;
  /** Empty for the assistant that the configuration describes. */
  readonly agentId: string;
  readonly text: string;
}

/** Longest summary that Chorus accepts. */
const MAX_CHARS = 1200;
const MAX_MEMORIES = 100_000;

interface MemorySources {
  readonly dump: ManagerDump | undefined;
  readonly main: OldAgent | undefined;
  /** Content of `.memory.yaml`, a text by device. */
  readonly memories: Branch;
  /** True if the files contain a server's settings. Otherwise the database is not written. */
  readonly moves: boolean;
}

/** On the old server, the devices of an agent share one memory. Each device gets a copy. */
export function planMemories(draft: Draft, { dump, main, memories, moves }: MemorySources): readonly PlannedMemory[] {
  if (!moves) {
    if (Object.keys(memories).length > 0) draft.ask('.memory.yaml', movingOverWords.needsFolder);
    return [];
  }
  const planned: PlannedMemory[] = [];
  let left = 0;
  for (const [name, value] of Object.entries(memories)) {
    const deviceId = parseDeviceId(name);
    const text = textOfMemory(value);
    if (deviceId === undefined || text === '' || planned.length >= MAX_MEMORIES) left += 1;
    else planned.push({ deviceId, agentId: '', text });
  }
  if (planned.length > 0) draft.keep('.memory.yaml', 'memories', String(planned.length));
  if (left > 0) draft.skip('.memory.yaml', movingOverWords.incompleteMemories(left));
  if (dump) addOfAgents(draft, planned, dump, main);
  return planned;
}

function addOfAgents(draft: Draft, planned: PlannedMemory[], dump: ManagerDump, main: OldAgent | undefined): void {
  const before = planned.length;
  const lonely = new Set(dump.agents.filter(({ remembers }) => remembers !== undefined).map(({ id }) => id));
  const texts = new Map(dump.agents.map(({ id, remembers }) => [id, textOfMemory(remembers ?? null)]));
  for (const { mac, agentId } of dump.devices) {
    const deviceId = parseDeviceId(mac);
    const text = texts.get(agentId ?? '') ?? '';
    if (deviceId === undefined || agentId === undefined || text === '' || planned.length >= MAX_MEMORIES) continue;
    lonely.delete(agentId);
    planned.push({ deviceId, agentId: agentId === main?.id ? '' : agentId, text });
  }
  const from = 'ai_agent.summary_memory';
  if (planned.length > before) draft.keep(from, 'memories', String(planned.length - before));
  if (lonely.size > 0) draft.skip(from, movingOverWords.memoriesWithoutDevice(lonely.size));
}

/** Turns stored JSON into a list of the non-empty fields and their values. */
export function textOfMemory(value: Tree): string {
  const parsed = typeof value === 'string' ? (parseJsonTree(value) ?? value) : value;
  const text = typeof parsed === 'string' ? parsed.trim() : linesOf('', parsed).join('\n');
  return Array.from(text.slice(0, MAX_CHARS * 2))
    .slice(0, MAX_CHARS)
    .join('')
    .slice(0, MAX_CHARS);
}

function linesOf(name: string, value: Tree): readonly string[] {
  if (Array.isArray(value)) return (value as readonly Tree[]).flatMap((item) => linesOf(name, item));
  if (isBranch(value)) return Object.entries(value).flatMap(([key, inner]) => linesOf(key, inner));
  const text = textOf(value);
  if (text === undefined) return [];
  return [name === '' ? text : `${name}: ${text}`];
}
