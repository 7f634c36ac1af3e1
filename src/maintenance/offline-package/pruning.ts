import type { Target } from './target.js';

export interface PruneOptions extends Target {
  /** False leaves the GPL-3.0 voice out. */
  readonly espeak: boolean;
}

type Rule = (path: string, options: PruneOptions) => boolean;

/**
 * Parts of a production node_modules that Chorus never opens: binaries of other platforms, files for editors and
 * debuggers, unused models. Each rule has a name and decides whether it removes a path below node_modules (`/` between
 * folders). Removing a folder removes its content.
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
  // npm installs both C libraries' where it does not know a package's own.
  'databases of other platforms': (path, { platform, arch, libc }) => {
    const ending = platform === 'linux' ? (libc === 'glibc' ? '-gnu' : '-musl') : platform === 'win32' ? '-msvc' : '';
    return /^@libsql\/(?:linux|darwin|win32)-[^/]+$/.test(path) && path !== `@libsql/${platform}-${arch}${ending}`;
  },
  'sherpa-onnx of other platforms': (path, { platform, arch }) =>
    /^sherpa-onnx-(linux|darwin|win)-[^/]+$/.test(path) &&
    path !== `sherpa-onnx-${platform === 'win32' ? 'win' : platform}-${arch}`,
  // Only its v6 model is used (voice/providers/vad), and only the quantised one of Moonshine's (voice/engines).
  'voice activity models and code that are not used': (path) =>
    /^@ricky0123\/vad-web\/dist\/./.test(path) && !path.endsWith('/silero_vad_v6.onnx'),
  "the browser's Moonshine": (path) => path === '@moonshine-ai/moonshine-js/dist/moonshine.min.js',
  'maps for debuggers': (path) => /\.(?:[cm]?js|[cm]?ts|css)\.map$/.test(path),
  'types for editors': (path) => /\.d\.[cm]?ts$/.test(path),
  'the GPL voice (--espeak=false)': (path, { espeak }) => !espeak && path === '@echogarden/espeak-ng-emscripten',
};

/** Names of all rules. */
export const PRUNE_RULES: readonly string[] = Object.keys(RULES);

/** The rule that takes this path itself; undefined: it stays. */
export function takenBy(path: string, options: PruneOptions): string | undefined {
  return Object.entries(RULES).find(([, takes]) => takes(path, options))?.[0];
}

/** Whether the path, or a folder that it is in, is taken. */
export function isPruned(path: string, options: PruneOptions): boolean {
  const parts = path.split('/');
  return parts.some((_, at) => takenBy(parts.slice(0, at + 1).join('/'), options) !== undefined);
}
