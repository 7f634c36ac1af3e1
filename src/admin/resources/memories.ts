import { z } from 'zod';
import { ChorusError } from '../../core/index.js';
import { parseDeviceId } from '../../device/protocol/index.js';
import type { MemoryQuery, MemoryRecord } from '../../platform/store/index.js';
import type { AdminApi, Routes } from '../api.js';
import { idParameter } from '../shapes.js';
import { resourceWords } from '../words/resources.js';

export const memoryView = z.object({
  id: z.string(),
  deviceId: z.string(),
  agentId: z.string().meta({ description: 'Empty: the configured assistant.' }),
  kind: z.enum(['fact', 'summary']),
  subject: z.enum(['person', 'device', 'agent']),
  name: z.string().optional().meta({ description: 'Of the person; absent: whoever talks to the device.' }),
  text: z.string(),
  keywords: z.array(z.string()),
  sourceTurn: z.string().optional().meta({ description: 'The turn of the history in which it was said.' }),
  createdMs: z.number(),
  replacedBy: z.string().optional().meta({ description: 'The memory that took its place; absent: it still holds.' }),
  replacedMs: z.number().optional(),
});
export type MemoryView = z.output<typeof memoryView>;

const MEMORIES_MAX = 5000;

const which = {
  device: z.string().max(64).optional().meta({ description: 'Of this device (a MAC address).' }),
  agent: z.string().max(128).optional().meta({ description: 'Of this agent; empty: the configured assistant.' }),
  person: z.string().max(64).optional().meta({ description: 'About the person of this name.' }),
};

export const memoriesQuery = z.strictObject(which);
export const forgetMemoriesQuery = z.strictObject({
  ...which,
  all: z.enum(['true']).optional().meta({ description: 'Needed to forget everything of everybody.' }),
});
export const memoriesAnswer = z.object({
  memories: z
    .array(memoryView)
    .meta({ description: `Newest first, those that were replaced among them; at most ${MEMORIES_MAX}.` }),
});
export const editMemoryRequest = z.strictObject({ text: z.string().trim().min(1).max(1200) });
export const memoryAnswer = z.object({ memory: memoryView });
export const forgottenAnswer = z.object({ forgotten: z.number() });

export const memoryRoutes = {
  listMemories: {
    method: 'GET',
    path: '/memories',
    summary: 'Memories of agents beyond a conversation.',
    query: memoriesQuery,
    answer: memoriesAnswer,
  },
  editMemory: {
    method: 'PATCH',
    path: '/memories/:id',
    summary: 'Corrects a memory.',
    params: idParameter,
    body: editMemoryRequest,
    answer: memoryAnswer,
  },
  forgetMemory: {
    method: 'DELETE',
    path: '/memories/:id',
    summary: 'Forgets a memory, and what it had replaced.',
    params: idParameter,
  },
  forgetMemories: {
    method: 'DELETE',
    path: '/memories',
    summary: 'Forgets what is remembered by device, agent or person, or everything.',
    query: forgetMemoriesQuery,
    answer: forgottenAnswer,
  },
} as const satisfies Routes;

/** Memories on disk and in current conversations. Errors: `store.*`, `memory.failed`. */
export interface MemoryControl {
  list(query: MemoryQuery): Promise<readonly MemoryRecord[]>;
  edit(id: string, text: string): Promise<MemoryRecord | undefined>;
  forget(query: MemoryQuery): Promise<number>;
}

export function registerMemoryRoutes(api: AdminApi, memories: MemoryControl): void {
  api.on(memoryRoutes.listMemories, async ({ query }) => ({
    memories: (await memories.list(asked(query))).slice(0, MEMORIES_MAX).map(view),
  }));
  api.on(memoryRoutes.editMemory, async ({ params: { id }, body: { text } }) => {
    const memory = await memories.edit(id, text);
    if (!memory) throw noSuchMemory(id);
    return { memory: view(memory) };
  });
  api.on(memoryRoutes.forgetMemory, async ({ params: { id } }) => {
    if ((await memories.forget({ id })) === 0) throw noSuchMemory(id);
  });
  api.on(memoryRoutes.forgetMemories, async ({ query }) => {
    requireChoice(query);
    return { forgotten: await memories.forget(asked(query)) };
  });
}

/** Refuses an empty query, because it would delete everything, probably by mistake. Error: `admin.bad_request`. */
export function requireChoice(query: Readonly<Record<string, string | undefined>>): void {
  if (Object.values(query).some((value) => value !== undefined)) return;
  throw new ChorusError('admin.bad_request', resourceWords.whatToDelete, { details: { what: 'all' } });
}

/** Error: `admin.bad_request` if `device` is not a MAC address. */
export function deviceAsked(device: string | undefined): string | undefined {
  const deviceId = device === undefined ? undefined : parseDeviceId(device);
  if (device !== undefined && deviceId === undefined)
    throw new ChorusError('admin.bad_request', resourceWords.deviceMac, {
      details: { what: 'device' },
    });
  return deviceId;
}

function asked({ device, agent, person }: z.output<typeof memoriesQuery>): MemoryQuery {
  return { deviceId: deviceAsked(device), agentId: agent, person };
}

function view(memory: MemoryRecord): MemoryView {
  return { ...memory, keywords: [...memory.keywords] };
}

function noSuchMemory(id: string): ChorusError {
  return new ChorusError('admin.not_found', resourceWords.noMemory(id), {
    details: { what: id },
    remedy: resourceWords.seeMemories,
  });
}
