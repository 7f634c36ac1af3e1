import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * The version of sherpa-onnx-node and of its platform packages that Chorus is measured and shipped with
 * (docs/adr/0029-speech-runtime.md). Their own dependency has a caret, which would bring a slower runtime.
 */
export const PINNED_SHERPA = '1.13.0';

/** The speech runtime that is installed here. Undefined: that part is not there. */
export interface SpeechRuntime {
  /** Version of `sherpa-onnx-node`. */
  readonly addon: string | undefined;
  /** The package with the native library of this platform, and its version. */
  readonly library: string;
  readonly version: string | undefined;
  /** Version of the ONNX Runtime inside, as the library says. */
  readonly onnxRuntime: string | undefined;
}

/** sherpa-onnx-node's own name for a platform. */
const LIBRARY = `sherpa-onnx-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

/** Looks from `from` as a module in that folder would; default: as the engine does. Never rejects. */
export async function speechRuntime(from: string = import.meta.url): Promise<SpeechRuntime> {
  const { addon, library } = installed(from);
  return {
    addon: addon?.version,
    library: LIBRARY,
    version: library?.version,
    onnxRuntime: library && (await onnxRuntimeIn(library.folder).catch(() => undefined)),
  };
}

/**
 * Version of the native library that is installed, undefined when there is none. With another version, costs are
 * measured again.
 */
export function sherpaVersion(): string | undefined {
  return installed(import.meta.url).library?.version;
}

/** The versions as a text: `sherpa-onnx 1.13.0, ONNX Runtime 1.24.4`. */
export function runtimeText({ version, onnxRuntime }: SpeechRuntime): string {
  return `sherpa-onnx ${version ?? '?'}, ONNX Runtime ${onnxRuntime ?? '?'}`;
}

interface Package {
  readonly folder: string;
  readonly version: string;
}

function installed(from: string): { readonly addon: Package | undefined; readonly library: Package | undefined } {
  const addon = packageOf('sherpa-onnx-node', createRequire(from));
  // The addon tries the folder beside its own, or one within it.
  return { addon, library: addon && packageOf(LIBRARY, createRequire(join(addon.folder, 'x.js'))) };
}

function packageOf(name: string, { resolve }: NodeJS.Require): Package | undefined {
  for (const folder of resolve.paths(name) ?? []) {
    try {
      const file = join(folder, name, 'package.json');
      const { version } = createRequire(file)(file) as { version: string };
      return { folder: dirname(file), version };
    } catch {
      continue; // Not in this node_modules; the next one up may have it.
    }
  }
  return undefined;
}

/**
 * Finds the version in the library: ELF libraries name their symbols `VERS_1.24.4`, macOS has the version in the file's
 * name, Windows only as a text.
 */
async function onnxRuntimeIn(folder: string): Promise<string | undefined> {
  const name = (await readdir(folder)).find((file) => /^(?:lib)?onnxruntime\b.*\.(?:so|dylib|dll)/.test(file));
  if (name === undefined) return undefined;
  const inName = /\d+\.\d+\.\d+/.exec(name)?.[0];
  if (inName !== undefined) return inName;
  let before = '';
  for await (const chunk of createReadStream(join(folder, name), { encoding: 'latin1', highWaterMark: 1 << 20 })) {
    const text = before + (chunk as string);
    const found = /(?:VERS_|\0)(1\.\d{1,2}\.\d{1,2})\0/.exec(text)?.[1];
    if (found !== undefined) return found;
    before = text.slice(-32);
  }
  return undefined;
}
