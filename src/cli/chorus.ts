#!/usr/bin/env node
import { openFilesLimit, readTextFile } from '../platform/machine/index.js';

/** Open files that the libraries need in order to load. A server needs more (`chorus doctor`). */
const LEAST_OPEN_FILES = 256;

const limit = openFilesLimit(readTextFile)?.soft ?? Number.POSITIVE_INFINITY;
// Checked before the libraries are loaded, since loading them would fail with a stack trace.
if (limit < LEAST_OPEN_FILES) {
  process.stderr.write(
    `This process may open ${limit} files at a time; Chorus needs ${LEAST_OPEN_FILES}, and one more for each device. ` +
      'Raise the limit: `ulimit -n 65536` (shell), `LimitNOFILE=65536` (systemd), `ulimits: nofile: ' +
      '65536` (compose).\n' +
      `这个进程最多同时打开 ${limit} 个文件；Chorus 至少需要 ${LEAST_OPEN_FILES} 个，每台设备再加一个。` +
      '请提高上限：`ulimit -n 65536`（命令行）、`LimitNOFILE=65536`（systemd）、`ulimits: nofile: 65536`（compose）。\n',
  );
  process.exitCode = 1;
} else await import('./chorus-program.js');
