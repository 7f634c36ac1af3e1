import { describe, expect, it } from 'vitest';
import { isPruned, takenBy, type PruneOptions } from './pruning.js';

const options: PruneOptions = { platform: 'linux', arch: 'arm64', libc: 'glibc', espeak: true };

describe('files of node_modules that are never opened', () => {
  it.each([
    ['onnxruntime-node/bin/napi-v6/linux/arm64/onnxruntime_binding.node', false],
    ['onnxruntime-node/bin/napi-v6/linux/x64/onnxruntime_binding.node', true],
    ['onnxruntime-node/bin/napi-v6/darwin/arm64/onnxruntime_binding.node', true],
    ['@libsql/linux-arm64-gnu/index.node', false],
    ['@libsql/linux-arm64-musl/index.node', true],
    ['sherpa-onnx-linux-arm64/sherpa-onnx.node', false],
    ['sherpa-onnx-linux-x64/sherpa-onnx.node', true],
    ['sherpa-onnx-node/sherpa-onnx.js', false],
    ['@evan/opus/node/arm64-linux.node', false],
    ['@evan/opus/node/x64-linux.node', true],
    ['@ricky0123/vad-web/dist/silero_vad_v6.onnx', false],
    ['@ricky0123/vad-web/dist/index.js', true],
    ['libflacjs/dist/libflac.min.js', false],
    ['libflacjs/dist/libflac.min.js.mem', false],
    ['libflacjs/dist/libflac.wasm.js', true],
    ['libflacjs/index.js', false],
    ['libflacjs/doc/scripts/jquery.min.map', true],
    ['zod/index.d.cts', true],
    ['zod/index.js.map', true],
    ['zod/index.js', false],
    // npm nests a package if two versions of the package are needed.
    ['a/node_modules/zod/index.d.ts', true],
    ['@echogarden/espeak-ng-emscripten/espeak-ng.js', false],
  ])('%s', (path, pruned) => expect(isPruned(path, options)).toBe(pruned));

  it('removes the GPL voice with its folder if it is not wanted', () => {
    expect(isPruned('@echogarden/espeak-ng-emscripten/espeak-ng.js', { ...options, espeak: false })).toBe(true);
    expect(takenBy('@echogarden/espeak-ng-emscripten', { ...options, espeak: false })).toBe(
      'the GPL voice (--espeak=false)',
    );
  });
});
