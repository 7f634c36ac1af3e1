import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * Version of sherpa-onnx-node and its platform packages with which Chorus is shipped and was measured
 * (docs/adr/0029-speech-runtime.md). It is pinned here, because sherpa-onnx-node accepts newer platform packages, which
 * are slower.
 */
export const PINNED_SHERPA = '1.13.0';

/** The installed speech runtime. Undefined fields: that part is missing. */
export interface SpeechRuntime {
  /** Version of `sherpa-onnx-node`. */
  readonly addon: string | undefined;
  /** Name of the package with the native library of this platform. */
  readonly library: string;
  readonly version: string | undefined;
  /** Version of the ONNX Runtime, as found inside the library. */
  readonly onnxRuntime: string | undefined;
}

/** Name of the platform package, as sherpa-onnx-node writes it. */
const LIBRARY = `sherpa-onnx-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

/**
 * Finds the installed packages, as a module in the folder of `from` would. Default: as the engine does. Never rejects.
 */
export async function speechRuntime(from: string = import.meta.url): Promise<SpeechRuntime> {
  const { addon, library } = installed(from);
  return {
    addon: addon?.version,
    library: LIBRARY,
    version: library?.version,
    onnxRuntime: library && (await onnxRuntimeIn(library.folder).catch(() => undefined)),
  };
}

/** Version of the installed native library. Undefined: none is installed. If it changes, costs are measured again. */
export function sherpaVersion(): string | undefined {
  return installed(import.meta.url).library?.version;
}

/** Returns the versions as text: `sherpa-onnx 1.13.0, ONNX Runtime 1.24.4`. */
export function runtimeText({ version, onnxRuntime }: SpeechRuntime): string {
  return `sherpa-onnx ${version ?? '?'}, ONNX Runtime ${onnxRuntime ?? '?'}`;
}

interface Package {
  readonly folder: string;
  readonly version: string;
}

function installed(from: string): { readonly addon: Package | undefined; readonly library: Package | undefined } {
  const addon = packageOf('sherpa-onnx-node', createRequire(from));
  // The addon looks for the library in the folder beside its own and inside its own.
  return { addon, library: addon && packageOf(LIBRARY, createRequire(join(addon.folder, 'x.js'))) };
}

function packageOf(name: string, { resolve }: NodeJS.Require): Package | undefined {
  for (const folder of resolve.paths(name) ?? []) {
    try {
      const file = join(folder, name, 'package.json');
      const { version } = createRequire(file)(file) as { version: string };
      return { folder: dirname(file), version };
    } catch {
      continue; // The node_modules of a parent folder may have it.
    }
  }
  return undefined;
}

/**
 * Finds the version in the library: ELF libraries contain it in their symbols (`VERS_1.24.4`), on macOS it is in the
 * file's name, and on Windows it is only a text in the file.
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
