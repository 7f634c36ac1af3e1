import type { Section, Text } from '../../report/index.js';
import { kernelsText } from '../kernels/kernels-text.js';
import type { BenchResult, Kernels } from '../result.js';

const KERNEL_WORDS: Readonly<Record<string, Text>> = {
  asr: { en: 'recognition', zh: '语音识别' },
  asr_speculative: { en: 'recognition on a guess, not used', zh: '提前识别但没有用上' },
  vad: { en: 'voice activity', zh: '语音检测' },
  opus_decode: { en: 'Opus from the devices', zh: 'Opus 解码（来自设备）' },
  opus_encode: { en: 'Opus to the devices', zh: 'Opus 编码（发往设备）' },
  mp3_decode: { en: 'MP3 of the voice', zh: '语音的 MP3 解码' },
};

/** The CPU of the server beside that of the same operations run alone. */
export function kernelSection(result: BenchResult): readonly Section[] {
  const { kernels, server } = result;
  const text = kernelsText(result);
  if (!kernels || !text) return [];
  return [
    {
      title: { en: 'The limit: the same work and nothing else', zh: '极限：只做同样的运算' },
      blocks: [
        { type: 'paragraph', text },
        {
          type: 'bars',
          title: { en: 'CPU of the server against its bare kernels', zh: '服务器 CPU 与裸核之比较' },
          explanation: {
            en:
              'The kernels were run alone, in a tight loop, as often as the server ran them. ' +
              'What the server has more is what it costs to be a server.',
            zh: '裸核单独、紧密循环地运行与服务器同样的次数；服务器多出来的部分就是作为服务器的开销。',
          },
          unit: { en: 'cores', zh: '核' },
          parts: [...kernels.rows.map(({ what }) => KERNEL_WORDS[what] ?? what), { en: 'everything else', zh: '其他' }],
          rows: [
            { name: { en: 'bare kernels', zh: '裸核' }, values: [...kernels.rows.map(({ cores }) => cores), 0] },
            ...(server.cores === undefined
              ? []
              : [
                  {
                    name: { en: 'server', zh: '服务器' },
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
            { title: { en: 'kernel', zh: '运算' } },
            { title: { en: 'amount', zh: '数量' }, align: 'end' },
            { title: { en: 'unit', zh: '单位' } },
            { title: { en: 'CPU each', zh: '每个的 CPU' }, align: 'end' },
            { title: { en: 'cores', zh: '核' }, align: 'end' },
          ],
          rows: kernels.rows.map(({ what, amount, unit, cpuMsEach, cores }) => [
            KERNEL_WORDS[what] ?? what,
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
      { title: { en: 'the kernels, measured', zh: '裸核的测量' } },
      { title: { en: 'rounds', zh: '轮数' }, align: 'end' },
      { title: { en: 'cores, median', zh: '核（中位数）' }, align: 'end' },
      { title: { en: 'half of the rounds', zh: '一半的轮次' }, align: 'end' },
    ],
    rows: measured.map(({ when, rounds, cores, low, high }) => [
      when === 'before' ? { en: 'before the run', zh: '测试前' } : { en: 'after the run', zh: '测试后' },
      String(rounds),
      cores.toFixed(3),
      `${low.toFixed(3)}–${high.toFixed(3)}`,
    ]),
  };
}
