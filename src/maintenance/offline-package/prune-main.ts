// Removes the files from a production node_modules that Chorus on this machine never opens:
//   node dist/maintenance/offline-package/prune-main.js NODE_MODULES
//     [--platform=linux] [--arch=x64] [--libc=glibc] [--espeak=false]
// Prints what it removed. Used by deploy/Dockerfile and for installations without a container.
import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { PRUNE_RULES, takenBy, type PruneOptions } from './pruning.js';
import { thisTarget } from './target.js';

const here = thisTarget();
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    platform: { type: 'string', default: here.platform },
    arch: { type: 'string', default: here.arch },
    libc: { type: 'string', default: here.libc },
    espeak: { type: 'string', default: 'true' },
  },
});
const [root] = positionals;
if (root === undefined) throw new Error('which node_modules?');
const options: PruneOptions = {
  platform: values.platform,
  arch: values.arch,
  libc: values.libc === 'musl' ? 'musl' : 'glibc',
  espeak: values.espeak !== 'false',
};

function sizeOf(path: string): number {
  const entry = lstatSync(path);
  return entry.isDirectory() ? readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0) : entry.size;
}

const taken = new Map(PRUNE_RULES.map((rule) => [rule, 0]));

function prune(folder: string, top: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const rule = takenBy(relative(top, path).replaceAll('\\', '/'), options);
    if (rule !== undefined) {
      taken.set(rule, (taken.get(rule) ?? 0) + sizeOf(path));
      rmSync(path, { recursive: true });
    } else if (entry.isDirectory()) prune(path, top);
  }
}

const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`.padStart(9);
const before = sizeOf(root);
prune(root, root);
for (const [rule, bytes] of taken) console.log(`${mb(bytes)}  ${rule}`);
console.log(`${mb(before)} -> ${mb(sizeOf(root)).trim()}  ${options.platform} ${options.arch} ${options.libc}`);
