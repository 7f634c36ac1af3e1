import { bilingualWords } from '../../../core/index.js';
import { TURN_MODEL } from '../../../engines/index.js';

const en = {
  about: 'The model that hears whether a turn is over: installed, its process, how many questions it answers',
  issues: {
    missing: {
      title: `The words alone decide when somebody has finished: ${TURN_MODEL} is not installed.`,
      cause: 'It is optional and is never fetched by itself.',
      remedy:
        `If people are cut off: \`chorus models pull ${TURN_MODEL}\`. A running server notices. ` +
        'To do without it: `vad.smart_turn: off`.',
    },
    unusable: {
      title: 'The model of the end of turns cannot be used. Meanwhile the words decide alone.',
      cause:
        'Its file is damaged, or its process does not stay alive: too little memory, or native code that does not fit.',
      remedy:
        `\`chorus models pull ${TURN_MODEL} --force\`, then restart the server (\`chorus drain\`). ` +
        'Else the log says why ("engine").',
    },
    seldom: {
      title: 'The model of the end of turns leaves most questions without an answer; there the words decide alone.',
      cause:
        'More conversations than `vad.smart_turn_load` allows (load), no idle CPU slot (busy), ' +
        'a slow machine (slow), ' +
        'or a process that is not up (unavailable, failed).',
      remedy: 'Raise `vad.smart_turn_load` if the machine has time left (`chorus profile`), or spread the devices.',
    },
  },
  off: 'not used (vad.smart_turn)',
  cantonese: 'not used in Cantonese',
  chinese: 'the words decide alone',
  quick: 'not used (vad.patience)',
  damaged: (model: string) => `${model} is damaged.`,
  processFailed: (process: string, reason: string | undefined) =>
    `Its process \`${process}\`: ${reason ?? 'no reason was given'}.`,
  unanswered: (count: number, questions: number, reasons: readonly string[]) =>
    `${count} of ${questions} questions without an answer: ${reasons.join(', ')}.`,
};

const zh: typeof en = {
  about: '听语气判断是否说完的模型：是否安装、它的进程、回答的比例',
  issues: {
    missing: {
      title: `是否说完只由文字判断：没有安装 ${TURN_MODEL}。`,
      cause: '它是可选的，不会自动下载。',
      remedy: `如果常有人被打断：\`chorus models pull ${TURN_MODEL}\`，运行中的服务器会自己发现。不用它：\`vad.smart_turn: off\`。`,
    },
    unusable: {
      title: '听语气判断是否说完的模型用不了。其间只由文字判断。',
      cause: '它的文件损坏，或它的进程一直起不来：内存不够，或原生程序不适合这台机器。',
      remedy: `\`chorus models pull ${TURN_MODEL} --force\`，再重启服务器（\`chorus drain\`）。仍不行，原因在日志里（“engine”）。`,
    },
    seldom: {
      title: '听语气判断是否说完的模型大多没有回答；这时只由文字判断。',
      cause:
        '对话数超过 `vad.smart_turn_load`（load）、没有空闲的 CPU 槽位（busy）、机器太慢（slow），或进程没有运行（unavailable、failed）。',
      remedy: '机器还有余力（`chorus profile`）就调高 `vad.smart_turn_load`，或把设备分到别的机器。',
    },
  },
  off: '不用（vad.smart_turn）',
  cantonese: '粤语不用',
  chinese: '只由文字判断',
  quick: '不用（vad.patience）',
  damaged: (model) => `${model} 已损坏。`,
  processFailed: (process, reason) => `它的进程 \`${process}\`：${reason ?? '没有给出原因'}。`,
  unanswered: (count, questions, reasons) => `${questions} 次中有 ${count} 次没有回答：${reasons.join('、')}。`,
};

export const turnsWords = bilingualWords({ en, zh });
