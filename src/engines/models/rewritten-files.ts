import { readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { asChorusError, type Logger } from '../../core/index.js';
import { sizeOf, writeAtomically } from './files.js';

/**
 * Removes int8 copies of models (`*.vnni.onnx`) that versions up to 0.1.0 wrote. The present runtime does not need
 * them. Removes only files that the manifest beside them lists as copies.
 */
export async function removeRewrittenFiles(modelsDirectory: string, log: Logger): Promise<void> {
  for (const id of await readdir(modelsDirectory).catch(() => [])) {
    const directory = join(modelsDirectory, id);
    const manifest = await readManifest(directory);
    const name = manifest?.variant?.file;
    if (!manifest || typeof name !== 'string' || basename(name) !== name || !name.endsWith('.vnni.onnx')) continue;
    const { variant: _, ...rest } = manifest;
    try {
      const bytes = (await sizeOf(join(directory, name))) ?? 0;
      await rm(join(directory, name), { force: true });
      await writeAtomically(join(directory, 'manifest.json'), `${JSON.stringify(rest, undefined, 2)}\n`);
      log.info('an int8 copy of a speech model was removed: the model is as fast as it was published', {
        model: id,
        file: name,
        megabytes: Math.round(bytes / 1e6),
      });
    } catch (error) {
      log.warn('an int8 copy of a speech model is not needed any more and cannot be removed', {
        problem: 'models.copy_not_removed',
        model: id,
        file: name,
        reason: asChorusError(error).message,
      });
    }
  }
}

async function readManifest(directory: string): Promise<{ variant?: { file?: unknown } } | undefined> {
  try {
    return (
      (JSON.parse(await readFile(join(directory, 'manifest.json'), 'utf8')) as { variant?: object } | null) ?? undefined
    );
  } catch {
    return undefined; // No model, or a damaged one, which is left unchanged.
  }
}
