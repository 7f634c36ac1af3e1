import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { type Clock, type Logger, asChorusError } from '../../core/index.js';
import type { AsrModel, CatalogueModel, TtsModel } from './catalogue.js';
import { sha256Of, sizeOf } from './files.js';
import { familyOf } from './family.js';
import { type FileRecords, readInstalled, writeManifest } from './manifest.js';
import type { InstalledFile, InstalledModel } from './store-port.js';
import { engineWords } from '../words.js';

/** Content of `about.yaml`, which a user may put beside a model's files. Missing values are guessed. */
const aboutSchema = z.strictObject({
  /** Primary language subtags, or `*`. */
  languages: z
    .array(z.string().regex(/^([a-z]{2,3}|\*)$/))
    .min(1)
    .max(64)
    .optional(),
  /** The speaker to use in a voice with several speakers. */
  speaker: z.int().nonnegative().optional(),
  licence: z.string().max(100).optional(),
});

export interface UnusableFolder {
  readonly name: string;
  readonly reason: string;
}

export interface FolderModels {
  readonly models: readonly (AsrModel | TtsModel)[];
  readonly unusable: readonly UnusableFolder[];
}

const MAX_FOLDERS = 64;

/** Finds models that a user put into `directory`, each in a folder of its own. Ignores the folders in `known`. */
export async function modelsInFolders(directory: string, known: ReadonlySet<string>): Promise<FolderModels> {
  const models: (AsrModel | TtsModel)[] = [];
  const unusable: UnusableFolder[] = [];
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  const names = entries
    .filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .filter((name) => !known.has(name))
    .sort()
    .slice(0, MAX_FOLDERS);
  for (const name of names) {
    try {
      models.push(await modelIn(join(directory, name), name));
    } catch (error) {
      unusable.push({ name, reason: asChorusError(error).message });
    }
  }
  return { models, unusable };
}

async function modelIn(directory: string, name: string): Promise<AsrModel | TtsModel> {
  const about = await aboutOf(directory);
  const found = familyOf(await readdir(directory), name);
  const bytes = await Promise.all(found.files.map(async (file) => (await sizeOf(join(directory, file))) ?? 0));
  const total = bytes.reduce((sum, size) => sum + size, 0);
  const entry = {
    id: idOf(name),
    languages: about.languages ?? languagesIn(name),
    licence: about.licence ?? 'that of its publisher',
    about: engineWords.foundIn(name, found.spec.family),
    downloadBytes: total,
    files: found.files.map((file) => ({ name: file })),
    source: { type: 'folder', name },
    rank: 1,
    auto: false,
  } as const;
  if (found.kind === 'asr')
    return {
      kind: 'asr',
      ...entry,
      spec: found.spec,
      punctuationMeansEnd: false,
      cost: { overheadMs: 15, msPerAudioSecond: Math.max(10, Math.round((62 * total) / 239e6)) },
    };
  const spec = about.speaker === undefined ? found.spec : { ...found.spec, speaker: about.speaker };
  return { kind: 'tts', ...entry, spec, cost: { overheadMs: 100, msPerUnit: 25 } };
}

async function aboutOf(directory: string): Promise<z.output<typeof aboutSchema>> {
  const text = await readFile(join(directory, 'about.yaml'), 'utf8').catch(() => '');
  return aboutSchema.parse(parse(text) ?? {});
}

/** Ids look like provider names: lower-case letters, digits and hyphens. */
const idOf = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '')
    .slice(0, 64) || 'own-model';

const LANGUAGE_WORDS: Readonly<Record<string, readonly string[]>> = {
  zh: ['zh'],
  mandarin: ['zh'],
  chinese: ['zh'],
  yue: ['yue'],
  cantonese: ['yue'],
  en: ['en'],
  english: ['en'],
  ja: ['ja'],
  ko: ['ko'],
  de: ['de'],
  fr: ['fr'],
  es: ['es'],
  ru: ['ru'],
  th: ['th'],
  vi: ['vi'],
};

/** Publishers write languages like `…-zh_CN-…` or `…-zh-en-…`. Returns `*` if the name has no language. */
function languagesIn(name: string): readonly string[] {
  const found = name
    .toLowerCase()
    .split(/[^a-z]+/)
    .flatMap((word) => LANGUAGE_WORDS[word] ?? []);
  return found.length > 0 ? [...new Set(found)] : ['*'];
}

export const folderOf = ({ id, source }: CatalogueModel): string => (source.type === 'folder' ? source.name : id);

/**
 * Records the content of a folder that a user filled, so that later damage is noticed. Returns undefined for other
 * models, or if a file is missing. If the record cannot be written, the content is read again at each start.
 */
export async function adoptFolder(
  model: CatalogueModel,
  directory: string,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): Promise<InstalledModel | undefined> {
  if (model.source.type !== 'folder') return undefined;
  const records: FileRecords = {};
  const files: InstalledFile[] = [];
  for (const { name } of model.files) {
    const sizeBytes = await sizeOf(join(directory, name));
    if (sizeBytes === undefined) return undefined;
    const record = { sizeBytes, sha256: await sha256Of(join(directory, name)) };
    records[name] = record;
    files.push({ name, path: join(directory, name), ...record });
  }
  const installedAt = new Date(clock.wallMs()).toISOString();
  try {
    await writeManifest(directory, { id: model.id, from: 'folder', installedAt, files: records });
  } catch (error) {
    log.info('the folder of a model cannot be written', { model: model.id, reason: asChorusError(error).message });
    return { model, directory, files };
  }
  return readInstalled(model, directory);
}
