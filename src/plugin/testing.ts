/**
 * The exports of `xiaozhi-chorus/testing`, the test suites that Chorus's own providers and tools pass. Each suite takes
 * the `it` of a test runner, such as `test` of node:test, and the subject of the test. See docs/plugins.md.
 */
export { llmContract, REQUEST, VOLUME_TOOLS, type LlmSubject } from './testing/language-model.js';
export { asrContract, type AsrSubject } from './testing/recognizer.js';
export type { It } from './testing/suite.js';
export { toolContract, type ToolSubject } from './testing/tool.js';
export { toolSourceContract, type ToolSourceSubject } from './testing/tool-source.js';
export { OVERLONG_BYTES, ttsContract, type TtsSubject } from './testing/voice.js';
