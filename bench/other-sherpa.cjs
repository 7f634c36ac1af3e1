/* oxlint-disable no-underscore-dangle -- the only place where Node resolves the name of a CommonJS module */
// Preload of an engine process (`node --require`). The process then loads sherpa-onnx-node from the folder in
// CHORUS_BENCH_SHERPA instead of the installed one. The code of Chorus is the same.
const { createRequire } = require('node:module');
const Module = require('node:module');

const found = createRequire(`${process.env.CHORUS_BENCH_SHERPA}/x.js`).resolve('sherpa-onnx-node');
const original = Module._resolveFilename;
Module._resolveFilename = (request, ...rest) => (request === 'sherpa-onnx-node' ? found : original(request, ...rest));
