import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pack } from 'tar-stream';
import { type AsrModel, findModel, type ModelStore } from '../../src/engines/index.js';
import { engineRoom, type EngineRoom } from './engine-room.js';
import { FileServer } from './file-server.js';

export const WEIGHTS = Buffer.alloc(300_000, 'weights-');
export const TOKENS = Buffer.from('a 0\n');
/** All files below the models' folder when the test's model is installed. */
export const INSTALLED = [
  'test-model.lock.json',
  'test-model/manifest.json',
  'test-model/sub/tokens.txt',
  'test-model/weights.bin',
];

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
export const record = (name: string, bytes: Uint8Array) => ({ name, sizeBytes: bytes.length, sha256: sha256(bytes) });

/** A folder for models, and a server with two mirrors of `test-model`. The mirrors are empty at first. */
export class ModelShop {
  private constructor(
    readonly room: EngineRoom,
    readonly server: FileServer,
  ) {}

  static async open(): Promise<ModelShop> {
    const server = new FileServer();
    await server.listen();
    return new ModelShop(await engineRoom(), server);
  }

  async close(): Promise<void> {
    await this.room.close();
    await this.server.close();
  }

  get models(): string {
    return join(this.room.directory, 'models');
  }

  mirror(name: string) {
    return { name, place: 'world', baseUrl: `${this.server.url}/${name}` } as const;
  }

  model(changes: Partial<AsrModel> = {}): AsrModel {
    return {
      ...(findModel('sense-voice-int8') as AsrModel),
      id: 'test-model',
      files: [record('weights.bin', WEIGHTS), record('sub/tokens.txt', TOKENS)],
      downloadBytes: WEIGHTS.length + TOKENS.length,
      source: { type: 'download', mirrors: [this.mirror('one'), this.mirror('two')] },
      ...changes,
    };
  }

  store(changes: Partial<AsrModel> = {}, options: Parameters<EngineRoom['store']>[0] = {}): Promise<ModelStore> {
    return this.room.store({ catalogue: [this.model(changes)], ...options });
  }

  /** Adds both of the model's files to the first mirror. */
  stock(): void {
    this.server.file('/one/weights.bin', WEIGHTS);
    this.server.file('/one/sub/tokens.txt', TOKENS);
  }

  /** All files below the models' folder. The empty folder for locks is left out. */
  contents(folder = this.models): string[] {
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
      .sort();
  }

  put(name: string, content: Uint8Array): string {
    const path = join(this.room.directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  }
}

export function archive(entries: Readonly<Record<string, Uint8Array | string>>): Promise<Buffer> {
  const tar = pack();
  for (const [name, content] of Object.entries(entries)) tar.entry({ name }, Buffer.from(content));
  tar.finalize();
  return (async () => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of tar) chunks.push(chunk);
    return Buffer.concat(chunks);
  })();
}
