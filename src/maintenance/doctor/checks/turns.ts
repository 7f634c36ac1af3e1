import { type MetricValue, primarySubtag } from '../../../core/index.js';
import { type ModelInspection, TURN_MODEL } from '../../../engines/index.js';
import { mainLanguage, type Config } from '../../../config/index.js';
import type { Check } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';
import { serverFacts, type ServerFacts } from './server.js';
import { turnsWords } from '../words/turns.js';

/** Facts about the smart-turn model, which decides whether a turn is over. */
export interface TurnFacts {
  readonly vad: Pick<Config['vad'], 'smart_turn' | 'patience'>;
  readonly language: string;
  /** Undefined if the model is not in the catalogue. */
  readonly model: Pick<ModelInspection, 'state'> | undefined;
  /** Undefined if no server uses the data folder. */
  readonly server: Pick<ServerFacts, 'readiness' | 'metrics'> | undefined;
}

const PROCESS = 'turn';
/** With fewer questions to the model, the share of answers says little. */
const QUESTIONS_LEAST = 20;
const ANSWERED_LEAST = 0.5;
const ANSWERS: readonly (string | undefined)[] = ['complete', 'incomplete', 'broken_off'];

const KNOWN = issues('turns', turnsWords.issues, { missing: 'note', unusable: 'warning', seldom: 'note' });

export function judgeTurns({ vad, language, model, server }: TurnFacts): readonly Finding[] {
  if (vad.smart_turn === 'off') return orOk([], 'turns', turnsWords.off);
  const spoken = primarySubtag(language);
  if (spoken === 'yue') return orOk([], 'turns', turnsWords.cantonese);
  if (vad.patience === 'quick') return orOk([], 'turns', turnsWords.quick);
  const missing = model === undefined || model.state === 'missing';
  // For Chinese, the model was tested only with synthesised voices, so nobody is told to install it.
  if (missing && spoken === 'zh') return orOk([], 'turns', turnsWords.chinese);
  if (missing) return [found(KNOWN.missing, KNOWN.missing.title)];
  if (model.state === 'damaged') return [found(KNOWN.unusable, turnsWords.damaged(TURN_MODEL))];
  const process = server?.readiness?.details?.engines.find(({ name }) => name === PROCESS);
  if (process?.state === 'failed') return [found(KNOWN.unusable, turnsWords.processFailed(PROCESS, process.reason))];
  const state = process === undefined ? '' : `, ${process.state}`;
  return orOk(ofAnswers(server?.metrics ?? []), 'turns', `${TURN_MODEL}${state}`);
}

function ofAnswers(metrics: readonly MetricValue[]): readonly Finding[] {
  const results = metrics.filter(({ name, value }) => name === 'chorus_turn_prosody_total' && value > 0);
  const questions = results.reduce((sum, { value }) => sum + value, 0);
  const without = results.filter(({ labels }) => !ANSWERS.includes(labels['result']));
  const unanswered = without.reduce((sum, { value }) => sum + value, 0);
  if (questions < QUESTIONS_LEAST || unanswered <= questions * (1 - ANSWERED_LEAST)) return [];
  const reasons = without.map(({ labels, value }) => `${labels['result']} ${value}`);
  return [found(KNOWN.seldom, turnsWords.unanswered(unanswered, questions, reasons))];
}

export const turnsCheck: Check = {
  id: 'turns',
  about: turnsWords.about,
  where: 'here',
  issues: Object.values(KNOWN),
  async run(context) {
    const { config } = context;
    const model = (await context.models()).find((one) => one.model.id === TURN_MODEL);
    const server = await serverFacts(context);
    return judgeTurns({ vad: config.vad, language: mainLanguage(config), model, server });
  },
};
