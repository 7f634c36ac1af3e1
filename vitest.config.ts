import { defineConfig } from 'vitest/config';
import { ClosingLine } from './scripts/closing-line.js';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // Two cores carry the tests and the real engines they start; more workers than that only make each other late.
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 30_000,
    reporters: ['default', new ClosingLine()],
  },
});
