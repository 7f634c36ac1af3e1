import type { z } from 'zod';
import type { Bilingual, Clock, HttpClient } from '../../core/index.js';
import type { MEMORY_SERVICES } from '../../records/index.js';
import type { SettingsSchema } from '../descriptor.js';
import type { MemoryService } from './memory-port.js';

/** A service is selected by naming its `id` in the setting `memory.kind`. */
export interface MemoryServiceDescriptor<
  Id extends MemoryServiceId = MemoryServiceId,
  Schema extends SettingsSchema = SettingsSchema,
> {
  readonly id: Id;
  readonly about: Bilingual;
  readonly settings: Schema;
  readonly unproven?: true;
  /** Returns undefined if a required setting is missing. */
  create(settings: z.output<Schema>, context: MemoryContext): MemoryService | undefined;
}

export type MemoryServiceId = (typeof MEMORY_SERVICES)[number];

export interface MemoryContext {
  readonly http: HttpClient;
  readonly clock: Clock;
}

export function defineMemoryService<const Id extends MemoryServiceId, Schema extends SettingsSchema>(
  descriptor: MemoryServiceDescriptor<Id, Schema>,
): MemoryServiceDescriptor<Id, Schema> {
  return descriptor;
}
