import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * The version of sherpa-onnx with which Chorus was measured (docs/adr/0029-speech-runtime.md). sherpa-onnx-node would
 * accept newer platform packages, which are slower.
 */
export const PINNED_SHERPA = '1.13.0';

/** The installed speech runtime. Members of missing packages are undefined. */
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

/** Finds the packages that a module at `from` would load. The default is the engine's module. Never rejects. */
export async function speechRuntime(from: string = import.meta.url): Promise<SpeechRuntime> {
  const { addon, library } = installed(from);
  return {
    addon: addon?.version,
    library: LIBRARY,
    version: library?.version,
    onnxRuntime: library && (await onnxRuntimeIn(library.folder).catch(() => undefined)),
  };
}

/** Version of the installed native library. Returns undefined if none is installed. */
export function sherpaVersion(): string | undefined {
  return installed(import.meta.url).library?.version;
}

/** For example, `sherpa-onnx 1.13.0, ONNX Runtime 1.24.4`. */
export function runtimeText({ version, onnxRuntime }: SpeechRuntime): string {
  return `sherpa-onnx ${version ?? '?'}, ONNX Runtime ${onnxRuntime ?? '?'}`;
}

interface Package {
  readonly folder: string;
  readonly version: string;
}

function installed(from: string): { readonly addon: Package | undefined; readonly library: Package | undefined } {
  const addon = packageOf('sherpa-onnx-node', createRequire(from));
  // The addon looks for the library beside and inside its own folder.
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

/** Found in a symbol of ELF libraries (`VERS_1.24.4`), in the file's name on macOS, and in a text on Windows. */
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
