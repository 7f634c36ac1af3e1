import type { Bilingual } from '../../../core/index.js';
import type { BenchResult } from '../result.js';
import { isSteady } from './baseline.js';

/** Cost of the run's kernels and the server's ratio to it, in one or two sentences; undefined: not measured. */
export function kernelsText({ kernels, server }: BenchResult): Bilingual | undefined {
  if (!kernels) return undefined;
  const { coresWithSpeculation, measured = [], serverOverKernels, rows, runtime } = kernels;
  const [before, after] = measured.map(({ cores }) => cores.toFixed(2));
  const when =
    before === undefined
      ? { en: '', zh: '' }
      : { en: ` (${before} before the run, ${after} after)`, zh: `（测试前 ${before}，测试后 ${after}）` };
  const ratio =
    server.cores === undefined || serverOverKernels === undefined
      ? { en: '', zh: '' }
      : {
          en: `; the server took ${server.cores.toFixed(2)}, ${serverOverKernels.toFixed(2)} times as much`,
          zh: `；服务器用了 ${server.cores.toFixed(2)} 个，是它的 ${serverOverKernels.toFixed(2)} 倍`,
        };
  const asrMs = rows.find(({ what }) => what === 'asr')?.cpuMsEach.toFixed(1);
  const recognition =
    runtime === undefined || asrMs === undefined
      ? { en: '', zh: '' }
      : {
          en: ` Recognition takes ${asrMs} ms of CPU a second of speech (${runtime}).`,
          zh: `识别每秒语音用 CPU ${asrMs} 毫秒（${runtime}）。`,
        };
  const note = isSteady(kernels) ? { en: '', zh: '' } : { en: ` ${UNSTEADY.en}`, zh: UNSTEADY.zh };
  return {
    en:
      `The bare kernels of this work take ${coresWithSpeculation.toFixed(2)} ` +
      `cores${when.en}${ratio.en}.${recognition.en}${note.en}`,
    zh: `这些工作的裸核运算需要 ${coresWithSpeculation.toFixed(2)} 个核${when.zh}${ratio.zh}。${recognition.zh}${note.zh}`,
  };
}

const UNSTEADY: Bilingual = {
  en: 'The machine was not the same before and after: the ratio says little.',
  zh: '测试前后机器的状态不同：这个比值说明不了什么。',
};
