import type { Target } from './target.js';

export interface PruneOptions extends Target {
  /** False if the GPL-3.0 voice is left out. */
  readonly espeak: boolean;
}

type Rule = (path: string, options: PruneOptions) => boolean;

/**
 * Files that Chorus never opens in a production node_modules. A rule gets a path below node_modules with `/` between
 * folders. Removing a folder removes its content.
 */
const RULES: Readonly<Record<string, Rule>> = {
  'onnxruntime of other platforms': (path, { platform, arch }) => {
    const [, os, cpu] = /^onnxruntime-node\/bin\/napi-v\d+\/([^/]+)(?:\/([^/]+))?$/.exec(path) ?? [];
    return os !== undefined && (os !== platform || (cpu !== undefined && cpu !== arch));
  },
  'opus of other platforms': (path, { platform, arch }) => {
    const [, cpu, os] = /^@evan\/opus\/node\/([^-/]+)-([^./]+)\.node$/.exec(path) ?? [];
    return os !== undefined && (os !== platform || cpu !== arch);
  },
  // Some of these packages do not declare their libc, so npm installs the variants for both C libraries.
  'databases of other platforms': (path, { platform, arch, libc }) => {
    const ending = platform === 'linux' ? (libc === 'glibc' ? '-gnu' : '-musl') : platform === 'win32' ? '-msvc' : '';
    return /^@libsql\/(?:linux|darwin|win32)-[^/]+$/.test(path) && path !== `@libsql/${platform}-${arch}${ending}`;
  },
  'sherpa-onnx of other platforms': (path, { platform, arch }) =>
    /^sherpa-onnx-(linux|darwin|win)-[^/]+$/.test(path) &&
    path !== `sherpa-onnx-${platform === 'win32' ? 'win' : platform}-${arch}`,
  // Chorus uses only the v6 model of vad-web (src/providers/vad).
  'voice activity models and code that are not used': (path) =>
    /^@ricky0123\/vad-web\/dist\/./.test(path) && !path.endsWith('/silero_vad_v6.onnx'),
  // Chorus uses only the model files of Moonshine (src/engines).
  "the browser's Moonshine": (path) => path === '@moonshine-ai/moonshine-js/dist/moonshine.min.js',
  // Chorus uses only the smallest build without WebAssembly (src/audio/flac.ts).
  'builds of libflac that are not used': (path) =>
    /^libflacjs\/(?:doc|example|src|tools)$/.test(path) ||
    (/^libflacjs\/dist\/./.test(path) && !/\/libflac\.min\.js(?:\.mem)?$/.test(path)),
  'maps for debuggers': (path) => path.endsWith('.map'),
  'types for editors': (path) => /\.d\.[cm]?ts$/.test(path),
  'the GPL voice (--espeak=false)': (path, { espeak }) => !espeak && path === '@echogarden/espeak-ng-emscripten',
};

export const PRUNE_RULES: readonly string[] = Object.keys(RULES);

/** Returns the name of the rule that removes exactly this path, or undefined if no rule does. */
export function takenBy(path: string, options: PruneOptions): string | undefined {
  return Object.entries(RULES).find(([, takes]) => takes(path, options))?.[0];
}

/** Returns true also if a rule removes a folder above the path. */
export function isPruned(path: string, options: PruneOptions): boolean {
  const parts = path.split('/');
  return parts.some((_, at) => takenBy(parts.slice(0, at + 1).join('/'), options) !== undefined);
}
