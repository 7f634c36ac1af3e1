export interface MetricValue {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{((?:"(?:[^"\\]|\\.)*"|[^"}])*)\})? (\S+)/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** Parses the answer of `/metrics`. Skips lines without a value. */
export function parseExposition(text: string): readonly MetricValue[] {
  return text.split('\n').flatMap((line) => {
    const match = LINE.exec(line);
    const value = Number(match?.[3]);
    if (!match?.[1] || Number.isNaN(value)) return [];
    const labels = Object.fromEntries(
      [...(match[2] ?? '').matchAll(LABEL)].map(([, key = '', text = '']) => [key, text]),
    );
    return [{ name: match[1], labels, value }];
  });
}

/** Sum of the values with this name and these labels. Undefined if there are none. */
export function valueOf(
  values: readonly MetricValue[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const found = values.filter(
    (entry) => entry.name === name && Object.entries(labels).every(([key, text]) => entry.labels[key] === text),
  );
  return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
}
