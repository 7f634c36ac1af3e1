import type { Section, Text } from '../../report/index.js';
import { kernelsText } from '../kernels/kernels-text.js';
import type { BenchResult, Kernels } from '../result.js';
import { kernelsWords } from '../words/kernels.js';

const KINDS: Readonly<Record<string, Text>> = kernelsWords.kinds;

/** Compares the server's CPU with the CPU that the same operations need without a server. */
export function kernelSection(result: BenchResult): readonly Section[] {
  const { kernels, server } = result;
  const text = kernelsText(result);
  if (!kernels || !text) return [];
  return [
    {
      title: kernelsWords.limit,
      blocks: [
        { type: 'paragraph', text },
        {
          type: 'bars',
          title: kernelsWords.against.title,
          explanation: kernelsWords.against.explanation,
          unit: kernelsWords.cores,
          parts: [...kernels.rows.map(({ what }) => KINDS[what] ?? what), kernelsWords.everythingElse],
          rows: [
            { name: kernelsWords.bare, values: [...kernels.rows.map(({ cores }) => cores), 0] },
            ...(server.cores === undefined
              ? []
              : [
                  {
                    name: kernelsWords.server,
                    values: [
                      ...kernels.rows.map(({ cores }) => cores),
                      Math.max(0, server.cores - kernels.coresWithSpeculation),
                    ],
                  },
                ]),
          ],
        },
        {
          type: 'table',
          columns: [
            { title: kernelsWords.columns.kernel },
            { title: kernelsWords.columns.amount, align: 'end' },
            { title: kernelsWords.columns.unit },
            { title: kernelsWords.columns.cpuEach, align: 'end' },
            { title: kernelsWords.cores, align: 'end' },
          ],
          rows: kernels.rows.map(({ what, amount, unit, cpuMsEach, cores }) => [
            KINDS[what] ?? what,
            amount.toFixed(0),
            unit.replace('_', ' '),
            `${cpuMsEach.toFixed(3)} ms`,
            cores.toFixed(4),
          ]),
        },
        ...(kernels.measured ? [measuredTable(kernels.measured)] : []),
      ],
    },
  ];
}

function measuredTable(measured: NonNullable<Kernels['measured']>): Section['blocks'][number] {
  return {
    type: 'table',
    columns: [
      { title: kernelsWords.measured.title },
      { title: kernelsWords.measured.rounds, align: 'end' },
      { title: kernelsWords.measured.median, align: 'end' },
      { title: kernelsWords.measured.half, align: 'end' },
    ],
    rows: measured.map(({ when, rounds, cores, low, high }) => [
      when === 'before' ? kernelsWords.measured.before : kernelsWords.measured.after,
      String(rounds),
      cores.toFixed(3),
      `${low.toFixed(3)}–${high.toFixed(3)}`,
    ]),
  };
}
