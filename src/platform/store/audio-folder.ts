import { randomBytes } from 'node:crypto';
import { readdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensurePrivateFolder, DAY_MS } from '../../core/index.js';
import { AUDIO_SIDES, type AudioLimits, type AudioSide, type AudioStore, type AudioTurn } from './audio-port.js';
import { dataFolderError } from './data-folder.js';
import type { HistoryStore } from './history-port.js';

/** Number of turns that one statement looks up. The statement blocks the event loop for about a millisecond. */
const LOOKED_UP = 200;
/** Pruning also frees this share of the size limit, so that the next pruning usually has nothing to remove. */
const HEADROOM = 0.05;
const DAY = /^\d{4}-\d\d-\d\d$/;
/** The groups are the time, the device id, the turn id and the side. */
const NAME = /^(\d+)_([0-9a-z]+)_([\w-]+)\.(heard|said)$/;

interface Recording {
  readonly file: string;
  readonly device: string;
  readonly turnId: string;
  readonly atMs: number;
}

/** One file per recording, because recordings in the embedded database would block the event loop. */
export class AudioFolder implements AudioStore {
  #bytes: Map<string, number> | undefined;

  constructor(
    private readonly folder: string,
    private readonly history: Pick<HistoryStore, 'known'>,
  ) {}

  async keep(turn: AudioTurn, side: AudioSide, sealed: Uint8Array): Promise<boolean> {
    if (!(await this.history.known([turn.id])).has(turn.id)) return false;
    const file = this.#fileOf(turn, side);
    // If the process dies before the rename, upkeep removes this file (src/maintenance/upkeep/leftovers.ts).
    const unfinished = join(this.folder, `${randomBytes(8).toString('hex')}.tmp`);
    try {
      await ensurePrivateFolder(this.folder);
      await ensurePrivateFolder(dirname(file));
      await writeFile(unfinished, sealed, { mode: 0o600, flag: 'wx' });
      await rename(unfinished, file);
    } catch (error) {
      await rm(unfinished, { force: true }).catch(() => undefined);
      throw dataFolderError(this.folder, error);
    }
    this.#count(dayOf(turn.atWallMs), sealed.byteLength);
    return true;
  }

  async read(turn: AudioTurn, side: AudioSide): Promise<Uint8Array | undefined> {
    try {
      return await readFile(this.#fileOf(turn, side));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw dataFolderError(this.folder, error);
    }
  }

  async sidesOf(turns: readonly AudioTurn[]): Promise<ReadonlyMap<string, readonly AudioSide[]>> {
    const found = new Map<string, readonly AudioSide[]>();
    if ((await this.#days()).length === 0) return found;
    await Promise.all(
      turns.map(async (turn) => {
        const sides = await Promise.all(
          AUDIO_SIDES.map(async (side) => ((await bytesOf(this.#fileOf(turn, side))) === undefined ? [] : [side])),
        );
        if (sides.flat().length > 0) found.set(turn.id, sides.flat());
      }),
    );
    return found;
  }

  async prune({ beforeMs, maxBytes }: AudioLimits, signal?: AbortSignal): Promise<number> {
    const days = await this.#days();
    let removed = 0;
    for (const day of days.filter((one) => Date.parse(one) < beforeMs))
      removed += await this.#removeFrom(day, ({ atMs }) => atMs < beforeMs, signal);
    const bytes = (this.#bytes ??= await this.#countAll(days, signal));
    const total = (): number => [...bytes.values()].reduce((sum, one) => sum + one, 0);
    if (total() <= maxBytes) return removed;
    for (const day of days) {
      if (total() <= maxBytes * (1 - HEADROOM)) break;
      removed += await this.#removeFrom(day, () => total() > maxBytes * (1 - HEADROOM), signal);
    }
    return removed;
  }

  async sweep({ deviceId }: { readonly deviceId?: string | undefined } = {}, signal?: AbortSignal): Promise<number> {
    const isMeant = ({ device }: Recording): boolean => deviceId === undefined || device === inName(deviceId);
    let removed = 0;
    for (const day of await this.#days()) {
      const recordings = (await this.#recordingsOf(day)).filter(isMeant);
      const ids = [...new Set(recordings.map(({ turnId }) => turnId))];
      const known = new Set<string>();
      for (let from = 0; from < ids.length; from += LOOKED_UP) {
        signal?.throwIfAborted();
        for (const id of await this.history.known(ids.slice(from, from + LOOKED_UP))) known.add(id);
      }
      removed += await this.#removeFrom(day, (one) => isMeant(one) && !known.has(one.turnId), signal);
    }
    return removed;
  }

  async #removeFrom(day: string, fits: (recording: Recording) => boolean, signal?: AbortSignal): Promise<number> {
    let removed = 0;
    for (const recording of await this.#recordingsOf(day)) {
      signal?.throwIfAborted();
      if (!fits(recording)) continue;
      const file = join(this.folder, day, recording.file);
      const bytes = (await bytesOf(file)) ?? 0;
      await rm(file, { force: true });
      this.#count(day, -bytes);
      removed += 1;
    }
    // Removes the folder of the day only if it is empty.
    await rmdir(join(this.folder, day)).catch(() => undefined);
    return removed;
  }

  async #recordingsOf(day: string): Promise<readonly Recording[]> {
    return (await namesIn(join(this.folder, day)))
      .flatMap((file) => {
        const [, atMs = '', device = '', turnId] = NAME.exec(file) ?? [];
        return turnId === undefined ? [] : [{ file, device, turnId, atMs: Number(atMs) }];
      })
      .toSorted((a, b) => a.atMs - b.atMs);
  }

  async #days(): Promise<readonly string[]> {
    return (await namesIn(this.folder)).filter((name) => DAY.test(name)).toSorted();
  }

  async #countAll(days: readonly string[], signal?: AbortSignal): Promise<Map<string, number>> {
    const counted = new Map<string, number>();
    for (const day of days) {
      let sum = 0;
      for (const { file } of await this.#recordingsOf(day)) {
        signal?.throwIfAborted();
        sum += (await bytesOf(join(this.folder, day, file))) ?? 0;
      }
      counted.set(day, sum);
    }
    return counted;
  }

  #count(day: string, bytes: number): void {
    this.#bytes?.set(day, Math.max(0, (this.#bytes.get(day) ?? 0) + bytes));
  }

  #fileOf({ id, deviceId, atWallMs }: AudioTurn, side: AudioSide): string {
    const name = [Math.round(atWallMs), inName(deviceId), id.replaceAll(/[^\w-]/g, '-')].join('_');
    return join(this.folder, dayOf(atWallMs), `${name}.${side}`);
  }
}

const inName = (deviceId: string): string => deviceId.toLowerCase().replaceAll(/[^0-9a-z]/g, '');

/** Rounds the time to whole milliseconds, as the database does. Both then put a turn on the same day. */
const dayOf = (wallMs: number): string =>
  new Date(Math.floor(Math.round(wallMs) / DAY_MS) * DAY_MS).toISOString().slice(0, 10);

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw dataFolderError(folder, error);
  });
}

function bytesOf(file: string): Promise<number | undefined> {
  return stat(file).then(
    ({ size }) => size,
    () => undefined,
  );
}
