import type { MemoryQuery, MemoryRecord, MemoryStore, NewMemory } from '../../src/platform/store/index.js';

/** Keeps memories in this process. */
export class MapMemoryStore implements MemoryStore {
  records: MemoryRecord[] = [];
  memories({ id, deviceId, agentId, person }: MemoryQuery): Promise<readonly MemoryRecord[]> {
    const fits = (record: MemoryRecord): boolean =>
      (id ?? record.id) === record.id &&
      (deviceId ?? record.deviceId) === record.deviceId &&
      (agentId ?? record.agentId) === record.agentId &&
      (person ?? record.name) === record.name;
    return Promise.resolve(this.records.filter(fits).toReversed());
  }
  keep(memories: readonly NewMemory[]): Promise<void> {
    for (const { replaces, ...memory } of memories) {
      this.records = this.records.map((old) =>
        replaces.includes(old.id) ? { ...old, replacedBy: memory.id, replacedMs: memory.createdMs } : old,
      );
      this.records.push({ ...memory, replacedBy: undefined, replacedMs: undefined });
    }
    return Promise.resolve();
  }
  async edit(id: string, text: string): Promise<MemoryRecord | undefined> {
    this.records = this.records.map((record) => (record.id === id ? { ...record, text } : record));
    return (await this.memories({ id }))[0];
  }
  setSource(ids: readonly string[], turnId: string): Promise<void> {
    this.records = this.records.map((record) => (ids.includes(record.id) ? { ...record, sourceTurn: turnId } : record));
    return Promise.resolve();
  }
  async forget(query: MemoryQuery): Promise<number> {
    const gone = new Set(await this.memories(query));
    this.records = this.records.filter((record) => !gone.has(record));
    return gone.size;
  }
}
