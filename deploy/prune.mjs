// Takes out of a production node_modules what this machine's Chorus never opens:
//   node deploy/prune.mjs NODE_MODULES [--platform=linux] [--arch=x64] [--libc=glibc] [--espeak=false]
// Packages that carry binaries of several platforms, files for editors and debuggers, models that are not used. Says what it took.
import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    platform: { type: 'string', default: process.platform },
    arch: { type: 'string', default: process.arch },
    libc: { type: 'string', default: process.report.getReport().header.glibcVersionRuntime === undefined ? 'musl' : 'glibc' },
    espeak: { type: 'string', default: 'true' },
  },
});
const [root] = positionals;
if (root === undefined) throw new Error('which node_modules?');
const { platform, arch, libc } = values;

/** Paths under the root, `/` between folders; folders before what is in them. */
function* walk(folder = root) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    yield relative(root, path).replaceAll('\\', '/');
    if (entry.isDirectory()) yield* walk(path);
  }
}

/** Name of a rule, and whether it takes a path. */
const RULES = {
  'onnxruntime of other platforms': (path) => {
    const [, os, cpu] = /^onnxruntime-node\/bin\/napi-v\d+\/([^/]+)(?:\/([^/]+))?$/.exec(path) ?? [];
    return os !== undefined && (os !== platform || (cpu !== undefined && cpu !== arch));
  },
  'opus of other platforms': (path) => {
    const [, cpu, os] = /^@evan\/opus\/node\/([^-/]+)-([^./]+)\.node$/.exec(path) ?? [];
    return os !== undefined && (os !== platform || cpu !== arch);
  },
  // npm installs both C libraries' where it does not know a package's own.
  'databases of other platforms': (path) => /^@libsql\/(?:linux|darwin|win32)-[^/]+$/.test(path) && path !== `@libsql/${platform}-${arch}${{ linux: libc === 'glibc' ? '-gnu' : '-musl', win32: '-msvc' }[platform] ?? ''}`,
  'sherpa-onnx of other platforms': (path) => /^sherpa-onnx-(linux|darwin|win)-[^/]+$/.test(path) && path !== `sherpa-onnx-${platform === 'win32' ? 'win' : platform}-${arch}`,
  // Only the v6 model is read out of it (voice/providers/vad), and only the quantised one out of Moonshine's (voice/engines).
  'voice activity models and code that are not used': (path) => /^@ricky0123\/vad-web\/dist\/./.test(path) && !path.endsWith('/silero_vad_v6.onnx'),
  "the browser's Moonshine": (path) => path === '@moonshine-ai/moonshine-js/dist/moonshine.min.js',
  'maps for debuggers': (path) => /\.(?:[cm]?js|[cm]?ts|css)\.map$/.test(path),
  'types for editors': (path) => /\.d\.[cm]?ts$/.test(path),
  'the GPL voice (--espeak=false)': (path) => values.espeak === 'false' && path === '@echogarden/espeak-ng-emscripten',
};

function sizeOf(path) {
  const entry = lstatSync(path);
  return entry.isDirectory() ? readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0) : entry.size;
}

const mb = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`.padStart(9);
const before = sizeOf(root);
const paths = [...walk()];
for (const [name, takes] of Object.entries(RULES)) {
  let bytes = 0;
  for (const path of paths.filter(takes)) {
    const full = join(root, path);
    if (lstatSync(full, { throwIfNoEntry: false }) === undefined) continue; // Its folder went before.
    bytes += sizeOf(full);
    rmSync(full, { recursive: true });
  }
  console.log(`${mb(bytes)}  ${name}`);
}
console.log(`${mb(before)} -> ${mb(sizeOf(root)).trim()}  ${platform} ${arch} ${libc}`);
