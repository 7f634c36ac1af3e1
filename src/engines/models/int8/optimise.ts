import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Logger, Metrics, Scope } from '../../../core/index.js';
import { childEntry } from '../../processes/entry.js';
import { runInOwnChild } from '../../processes/one-job-child.js';
import { storeError } from '../model-files.js';
import { readInstalled, writeVariant } from '../model-manifest.js';
import { needSpace } from '../model-place.js';
import type { InstalledModel, InstalledVariant, ModelProgress, Optimisation } from '../model-store-port.js';
import { createSherpaEngine } from '../../sherpa/sherpa-engine.js';
import type { AsrAnswer, AsrCall } from '../../sherpa/sherpa-protocol.js';
import { type Cpu, readCpu, verificationKey } from './cpu.js';
import { probeSounds } from './probe-sounds.js';
import type { DigestAnswer, Int8Call, RewriteAnswer, RewriteProgress } from './protocol.js';

export interface OptimiseOptions {
  readonly installed: InstalledModel;
  /** The folder of all models. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly scope: Scope;
  readonly signal: AbortSignal;
  readonly freeBytes: (directory: string) => Promise<number>;
  /** Default: this machine's. */
  readonly cpu?: Cpu;
  onProgress(progress: Pick<ModelProgress, 'state' | 'receivedBytes' | 'totalBytes' | 'mirror'>): void;
}

/** 10 ms were measured; small boards with slow cards exist, and the supervisor adds its own factor. */
const REWRITE_MS_PER_MB = 100;
/** Loading (2 s for 237 MB) and 7 s of sound; under load a multiple. */
const DIGEST_MS = 20_000;
const RECOGNISE_MS = 5_000;
const SAMPLES_PER_MS = 16;

/**
 * Rewrites the uint8 weights of an installed model to int8 beside the original, compares the results of both on this
 * machine, and only then records it in the manifest. The caller holds the model's lock. Errors: `data.*`, `engine.*`, or
 * the signal's reason; nothing is left of a failed attempt.
 */
export async function optimise(options: OptimiseOptions): Promise<Optimisation> {
  const { installed, directory, signal } = options;
  const { model } = installed;
  const cpu = options.cpu ?? readCpu();
  const source =
    model.kind === 'asr' && model.int8 !== undefined
      ? installed.files.find(({ name }) => name === model.int8)
      : undefined;
  if (!source) return { state: 'refused', reason: 'model', detail: `${model.id} is not quantised to uint8` };
  if (!cpu.vnni) return { state: 'refused', reason: 'cpu', detail: `${cpu.name} has neither avx512_vnni nor avx_vnni` };
  const staging = join(directory, '.staging', `${model.id}.int8`);
  const name = source.name.replace(/(\.onnx)?$/, '.vnni.onnx');
  const path = join(staging, name);
  try {
    await rm(staging, { recursive: true, force: true });
    await mkdir(staging, { recursive: true });
    await needSpace({ id: model.id, directory, at: staging, bytes: source.sizeBytes, freeBytes: options.freeBytes });
    const rewritten = await rewrite(options, source.path, path);
    if ('refused' in rewritten) return { state: 'refused', reason: 'model', detail: rewritten.refused };
    const { sizeBytes, sha256 } = rewritten;
    const variant: InstalledVariant = {
      type: 'int8',
      replaces: source.name,
      verifiedOn: verificationKey(cpu),
      file: { name, path, sizeBytes, sha256 },
    };
    const difference = await compare(options, source.path, variant);
    if (difference !== undefined) return { state: 'refused', reason: 'different', detail: difference };
    signal.throwIfAborted();
    await rename(path, join(installed.directory, name));
    await writeVariant(installed.directory, {
      type: 'int8',
      replaces: source.name,
      file: name,
      sizeBytes,
      sha256,
      sourceSha256: source.sha256,
      verifiedOn: variant.verifiedOn,
    });
    const used = (await readInstalled(model, installed.directory))?.variant;
    return used
      ? { state: 'done', variant: used }
      : { state: 'refused', reason: 'model', detail: 'the model was removed meanwhile' };
  } catch (error) {
    throw signal.aborted ? signal.reason : storeError(error, 'internal');
  } finally {
    await rm(staging, { recursive: true, force: true }).catch(() => undefined); // Emptied again at the next attempt.
  }
}

function rewrite(options: OptimiseOptions, from: string, to: string): Promise<RewriteAnswer> {
  const predictedMs =
    ((options.installed.files.find(({ path }) => path === from)?.sizeBytes ?? 0) / 2 ** 20) * REWRITE_MS_PER_MB;
  const tell = ({ writtenBytes, totalBytes }: RewriteProgress): void =>
    options.onProgress({ state: 'optimising', receivedBytes: writtenBytes, totalBytes, mirror: undefined });
  return inChild<RewriteAnswer>(options, { type: 'rewrite', from, to }, predictedMs, tell);
}

/** What is not equal, in words; undefined: everything is. One process at a time, so that memory holds one model. */
async function compare(
  options: OptimiseOptions,
  original: string,
  variant: InstalledVariant,
): Promise<string | undefined> {
  options.onProgress({ state: 'checking', receivedBytes: 0, totalBytes: undefined, mirror: undefined });
  const { variant: _, ...plain } = options.installed;
  const [before, after] = [await digests(options, original), await digests(options, variant.file.path)];
  if (before.length === 0 || before.join() !== after.join()) return 'the outputs of the network differ';
  const sounds = await probeSounds();
  const [heardBefore, heardAfter] = [
    await recognised(options, plain, sounds),
    await recognised(options, { ...plain, variant }, sounds),
  ];
  const unlike = heardBefore.findIndex((text, i) => text !== heardAfter[i]);
  return unlike === -1 ? undefined : `the texts of sound ${unlike + 1} of ${sounds.length} differ`;
}

async function digests(options: OptimiseOptions, model: string): Promise<readonly string[]> {
  return (await inChild<DigestAnswer>(options, { type: 'digest', model }, DIGEST_MS)).digests;
}

/** By the engine that will run it, with the runtime that it brings. */
async function recognised(
  options: OptimiseOptions,
  installed: InstalledModel,
  sounds: readonly Int16Array[],
): Promise<string[]> {
  const { clock, log, metrics, signal } = options;
  const scope = options.scope.child('compare');
  const texts: string[] = [];
  try {
    const engine = createSherpaEngine({ installed, slots: 1, clock, log, metrics, scope });
    await engine.start();
    for (const pcm of sounds) {
      const call: AsrCall = { pcm };
      const { text } = await engine.call<AsrAnswer>(call, {
        predictedMs: RECOGNISE_MS + pcm.length / SAMPLES_PER_MS,
        signal,
        retryOnCrash: false,
      });
      texts.push(text);
    }
  } finally {
    await scope.close();
  }
  return texts;
}

function inChild<T>(
  options: OptimiseOptions,
  call: Int8Call,
  predictedMs: number,
  onProgress?: (progress: RewriteProgress) => void,
): Promise<T> {
  const { clock, log, metrics, signal } = options;
  return runInOwnChild<T>(call, {
    name: `int8-${call.type}`,
    entry: childEntry(import.meta.url, 'child'),
    clock,
    log,
    metrics,
    scope: options.scope.child(call.type),
    onEvent: (event) => onProgress?.(event as RewriteProgress),
    predictedMs,
    signal,
    retryOnCrash: false,
  });
}
