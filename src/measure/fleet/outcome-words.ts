import type { Bilingual } from '../../core/index.js';
import type { FleetOutcome } from './run-result.js';

/** The outcome of a turn in words for people. */
export const OUTCOME_WORDS: Readonly<Record<FleetOutcome, Bilingual>> = {
  answered: { en: 'answered', zh: '已回答' },
  cut_off: { en: 'answered before the end of the question', zh: '没听完就回答' },
  busy: { en: 'told “busy”', zh: '被告知正忙' },
  apology: { en: 'apology instead of an answer', zh: '只有致歉，没有回答' },
  not_heard: { en: 'nothing was understood', zh: '什么也没听懂' },
  no_answer: { en: 'no answer', zh: '没有回答' },
  stuck: { en: 'the answer never ended', zh: '回答没有结束' },
  closed: { en: 'connection lost', zh: '连接断开' },
  refused: { en: 'no connection', zh: '连不上' },
  not_started: { en: 'not begun: still busy with the one before', zh: '没有开始：上一轮还没完' },
};
