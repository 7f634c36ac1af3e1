import { expect, it } from 'vitest';
import type { MetricDefinition } from './metric-definition.js';
import { METRICS } from './metrics.js';

it.each(Object.entries<MetricDefinition>(METRICS))(
  '%s follows the conventions of Prometheus',
  (name, { type, labels = {}, bucketsMs, help }) => {
    expect(name).toMatch(/^chorus_[a-z]+(_[a-z]+)*$/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    if (type === 'histogram') expect(name).toMatch(/_seconds$/);
    expect(bucketsMs !== undefined).toBe(type === 'histogram');
    expect([...(bucketsMs ?? [])].sort((a, b) => a - b)).toEqual(bucketsMs ?? []);
    expect(help.en).toMatch(/\.$/);
    expect(help.zh).toMatch(/\p{Script=Han}.*。$/u);
    for (const words of Object.values(labels))
      if (typeof words === 'string') expect(words).toMatch(/^[\w.…-]+(, [\w.…-]+)*$/);
      else expect(words.zh).toMatch(/\p{Script=Han}/u);
    // Labels for devices, sessions or texts would have an unlimited number of values.
    for (const label of Object.keys(labels)) expect(label).not.toMatch(/device|session|client|address|board|text|user/);
  },
);
