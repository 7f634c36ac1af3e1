import { readFileSync } from 'node:fs';
import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ERROR_TABLE, METRICS, type MetricDefinition } from '../src/core/index.js';

const ROWS = METRICS as Record<string, MetricDefinition>;
function labelWords(row: MetricDefinition | undefined, label: string): readonly string[] {
  const words = row?.labels?.[label] ?? '';
  return (typeof words === 'string' ? words : words.en).split(', ');
}
const read = (path: string): string => readFileSync(new URL(`../deploy/grafana/${path}`, import.meta.url), 'utf8');

interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly type: string;
    readonly title: string;
    readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
  readonly templating: { readonly list: readonly { readonly query: unknown }[] };
}
interface Rules {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string;
      readonly expr: string;
      readonly annotations: Readonly<Record<string, string>>;
    }[];
  }[];
}

const dashboard = JSON.parse(read('dashboard.json')) as Dashboard;
const alerts = (parse(read('alerts.yaml')) as Rules).groups.flatMap(({ rules }) => rules);
const expressions = [
  ...dashboard.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }): [string, string] => [title, expr])),
  ...alerts.map(({ alert, expr }): [string, string] => [alert, expr]),
];
/** Labels that Prometheus itself adds. */
const ADDED = new Set(['instance', 'job']);

/** Every time series in the expression, with the labels by which it is filtered and summed. */
function asked(expr: string): {
  readonly series: { readonly name: string; readonly labels: Record<string, string> }[];
  readonly by: string[];
  readonly errors: number;
} {
  // Grafana's variables must be replaced, because they are not PromQL.
  const text = expr.replaceAll('$__rate_interval', '5m').replaceAll('$instance', '.*');
  const series: { name: string; labels: Record<string, string> }[] = [];
  const by: string[] = [];
  let errors = 0;
  parser.parse(text).iterate({
    enter(node) {
      if (node.type.isError) errors += 1;
      if (node.name === 'GroupingLabels')
        by.push(
          ...text
            .slice(node.from, node.to)
            .replace(/[()\s]/g, '')
            .split(','),
        );
      if (node.name !== 'VectorSelector') return;
      const [, name = '', inner = ''] = /^(\w+)(?:\{(.*)\})?$/s.exec(text.slice(node.from, node.to)) ?? [];
      series.push({
        name,
        labels: Object.fromEntries(
          [...inner.matchAll(/(\w+)\s*=~?\s*"([^"]*)"/g)].map(([, label = '', value = '']) => [label, value]),
        ),
      });
    },
  });
  return { series, by, errors };
}

describe.each(expressions)('%s: %s', (_title, expr) => {
  const { series, by, errors } = asked(expr);
  const rows = series.map(({ name, labels }) => {
    const base = name.replace(/_(bucket|sum|count)$/, '');
    return { name, labels, row: ROWS[name] ?? ROWS[base], suffixed: ROWS[name] === undefined };
  });

  it('is PromQL with existing metrics, labels and values', () => {
    expect(errors).toBe(0);
    expect(series.length).toBeGreaterThan(0);
    for (const { name, labels, row, suffixed } of rows) {
      if (name === 'up') continue;
      expect(row, name).toBeDefined();
      expect(suffixed, name).toBe(row?.type === 'histogram');
      for (const [label, pattern] of Object.entries(labels)) {
        if (ADDED.has(label)) continue;
        expect(Object.keys(row?.labels ?? {}), name).toContain(label);
        const words = label === 'code' ? Object.keys(ERROR_TABLE) : labelWords(row, label);
        for (const word of pattern.split('|')) expect(words, `${name}{${label}}`).toContain(word);
      }
      for (const label of by)
        if (!ADDED.has(label) && label !== 'le') expect(Object.keys(row?.labels ?? {}), name).toContain(label);
    }
  });

  it('takes rates of counters and histograms only', () => {
    const rated = new Set([...expr.matchAll(/(?:rate|increase)\(\s*(\w+)/g)].map(([, name]) => name));
    const wrong = rows.filter(({ name, row }) => row !== undefined && rated.has(name) === (row.type === 'gauge'));
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });
});

it('the dashboard shows every metric: a new one needs a panel in deploy/grafana/dashboard.json', () => {
  const shown = new Set(
    dashboard.panels.flatMap(({ targets = [] }) =>
      targets.flatMap(({ expr }) => asked(expr).series.map(({ name }) => name)),
    ),
  );
  const missing = Object.entries<MetricDefinition>(METRICS).filter(
    ([name, { type }]) => !shown.has(type === 'histogram' ? `${name}_bucket` : name),
  );
  expect(missing.map(([name]) => name)).toEqual([]);
  expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
});

it('the texts of alerts and legends name labels that the expression keeps', () => {
  for (const { alert, expr, annotations } of alerts) {
    const kept = [...asked(expr).by, ...ADDED];
    for (const [, label] of Object.values(annotations)
      .join(' ')
      .matchAll(/\$labels\.(\w+)/g))
      expect(kept, alert).toContain(label);
  }
  for (const { title, targets = [] } of dashboard.panels)
    for (const { expr, legendFormat } of targets)
      for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) expect(asked(expr).by, title).toContain(label);
});
