import type { z } from 'zod';
import { words } from '../settings.js';
import { mem0 } from './mem0/index.js';
import type { MemoryContext, MemoryServiceDescriptor, MemoryServiceId } from './memory-service.js';
import type { MemoryService } from './memory-port.js';

export type { MemoryService, RememberedExchange } from './memory-port.js';

const SERVICES = { mem0 } satisfies { [Id in MemoryServiceId]: { readonly id: Id } };

type MemorySections = { [Id in MemoryServiceId]: z.ZodPrefault<(typeof SERVICES)[Id]['settings']> };

const described: readonly MemoryServiceDescriptor[] = Object.values(SERVICES);

export const memorySections = Object.fromEntries(
  described.map(({ id, about, settings }) => [id, settings.prefault({}).meta(words(about.en, about.zh))]),
) as unknown as MemorySections;

export function createMemoryService(
  id: MemoryServiceId,
  memory: Readonly<Record<MemoryServiceId, Readonly<Record<string, unknown>>>>,
  context: MemoryContext,
): MemoryService | undefined {
  const descriptor: MemoryServiceDescriptor = SERVICES[id];
  return descriptor.create(memory[id], context);
}
