import { both, type MetricValue, primarySubtag } from '../../../core/index.js';
import { type ModelInspection, TURN_MODEL } from '../../../engines/index.js';
import type { Config } from '../../../config/index.js';
import type { Check } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';
import { languageOf } from '../needs.js';
import { serverFacts, type ServerFacts } from './server.js';

/** Facts about the model that hears whether a turn is over. */
export interface TurnFacts {
  readonly vad: Pick<Config['vad'], 'smart_turn' | 'patience'>;
  /** Language of the server. */
  readonly language: string;
  /** Undefined: the model is not in the catalogue. */
  readonly model: Pick<ModelInspection, 'state'> | undefined;
  /** Undefined: no server runs on the data folder. */
  readonly server: Pick<ServerFacts, 'readiness' | 'metrics'> | undefined;
}

/** Its process, as `/readyz` names it. */
const PROCESS = 'turn';
/** With fewer questions the share of answers says little. */
const QUESTIONS_LEAST = 20;
const ANSWERED_LEAST = 0.5;
const ANSWERS: readonly (string | undefined)[] = ['complete', 'incomplete'];

const KNOWN = issues('turns', {
  missing: {
    severity: 'note',
    title: both(
      `The words alone decide when somebody has finished: ${TURN_MODEL} is not installed.`,
      `是否说完只由文字判断：没有安装 ${TURN_MODEL}。`,
    ),
    cause: both('It is optional and is never fetched by itself.', '它是可选的，不会自动下载。'),
    remedy: both(
      `If people are cut off: \`chorus models pull ${TURN_MODEL}\`. A running server notices. ` +
        'To do without it: `vad.smart_turn: off`.',
      `如果常有人被打断：\`chorus models pull ${TURN_MODEL}\`，运行中的服务器会自己发现。不用它：\`vad.smart_turn: off\`。`,
    ),
  },
  unusable: {
    severity: 'warning',
    title: both(
      'The model of the end of turns cannot be used. Meanwhile the words decide alone.',
      '听语气判断是否说完的模型用不了。其间只由文字判断。',
    ),
    cause: both(
      'Its file is damaged, or its process does not stay alive: too little memory, or native code that does not fit.',
      '它的文件损坏，或它的进程一直起不来：内存不够，或原生程序不适合这台机器。',
    ),
    remedy: both(
      `\`chorus models pull ${TURN_MODEL} --force\`, then restart the server (\`chorus drain\`). ` +
        'Else the log says why ("engine").',
      `\`chorus models pull ${TURN_MODEL} --force\`，再重启服务器（\`chorus drain\`）。仍不行，原因在日志里（“engine”）。`,
    ),
  },
  seldom: {
    severity: 'note',
    title: both(
      'The model of the end of turns leaves most questions without an answer; there the words decide alone.',
      '听语气判断是否说完的模型大多没有回答；这时只由文字判断。',
    ),
    cause: both(
      'More conversations than `vad.smart_turn_load` allows (load), no idle CPU slot (busy), a slow machine (slow), ' +
        'or a process that is not up (unavailable, failed).',
      '对话数超过 `vad.smart_turn_load`（load）、没有空闲的 CPU 槽位（busy）、机器太慢（slow），或进程没有运行（unavailable、failed）。',
    ),
    remedy: both(
      'Raise `vad.smart_turn_load` if the machine has time left (`chorus profile`), or spread the devices.',
      '机器还有余力（`chorus profile`）就调高 `vad.smart_turn_load`，或把设备分到别的机器。',
    ),
  },
});

export function judgeTurns({ vad, language, model, server }: TurnFacts): readonly Finding[] {
  if (vad.smart_turn === 'off') return orOk([], 'turns', both('not used (vad.smart_turn)', '不用（vad.smart_turn）'));
  const spoken = primarySubtag(language);
  if (spoken === 'zh' || spoken === 'yue') return orOk([], 'turns', both('not used in Chinese', '中文不用'));
  if (vad.patience === 'quick') return orOk([], 'turns', both('not used (vad.patience)', '不用（vad.patience）'));
  if (model === undefined || model.state === 'missing') return [found(KNOWN.missing, KNOWN.missing.title)];
  if (model.state === 'damaged')
    return [found(KNOWN.unusable, both(`${TURN_MODEL} is damaged.`, `${TURN_MODEL} 已损坏。`))];
  const process = server?.readiness?.details?.engines.find(({ name }) => name === PROCESS);
  if (process?.state === 'failed')
    return [
      found(
        KNOWN.unusable,
        both(
          `Its process \`${PROCESS}\`: ${process.reason ?? 'no reason was given'}.`,
          `它的进程 \`${PROCESS}\`：${process.reason ?? '没有给出原因'}。`,
        ),
      ),
    ];
  const state = process === undefined ? '' : `, ${process.state}`;
  return orOk(ofAnswers(server?.metrics ?? []), 'turns', `${TURN_MODEL}${state}`);
}

function ofAnswers(metrics: readonly MetricValue[]): readonly Finding[] {
  const results = metrics.filter(({ name, value }) => name === 'chorus_turn_prosody_total' && value > 0);
  const questions = results.reduce((sum, { value }) => sum + value, 0);
  const without = results.filter(({ labels }) => !ANSWERS.includes(labels['result']));
  const unanswered = without.reduce((sum, { value }) => sum + value, 0);
  if (questions < QUESTIONS_LEAST || unanswered <= questions * (1 - ANSWERED_LEAST)) return [];
  const reasons = (separator: string): string =>
    without.map(({ labels, value }) => `${labels['result']} ${value}`).join(separator);
  return [
    found(
      KNOWN.seldom,
      both(
        `${unanswered} of ${questions} questions without an answer: ${reasons(', ')}.`,
        `${questions} 次中有 ${unanswered} 次没有回答：${reasons('、')}。`,
      ),
    ),
  ];
}

export const turnsCheck: Check = {
  id: 'turns',
  about: both(
    'The model that hears whether a turn is over: installed, its process, how many questions it answers',
    '听语气判断是否说完的模型：是否安装、它的进程、回答的比例',
  ),
  where: 'here',
  issues: Object.values(KNOWN),
  async run(context) {
    const { config } = context;
    const model = (await context.models()).find((one) => one.model.id === TURN_MODEL);
    const server = await serverFacts(context);
    return judgeTurns({ vad: config.vad, language: languageOf(config), model, server });
  },
};
