import { ChorusError, systemClock } from '../../../core/index.js';
import { checkFile, collectingAfter, serveChild } from '../../../engines/child.js';
import { SmartTurn } from './smart-turn.js';
import type { TurnAnswer, TurnCall, TurnInit } from './turn-protocol.js';

// Entry of the process `turn`, which tells from the sound of the voice whether a turn is over.

/** Bytes of garbage per call: features (256 kB) and up to eight seconds of audio. */
const LEFT_BY_CALL = 512 * 1024;
const garbage = collectingAfter(16 * 2 ** 20);

let model: SmartTurn | undefined;

serveChild({
  async init(value) {
    const { file } = value as TurnInit; // Both ends are the same build.
    await checkFile(file);
    model = await SmartTurn.load(file.path);
  },
  async call(request, signal): Promise<TurnAnswer> {
    if (!model) throw new ChorusError('engine.job_failed', 'no model is loaded');
    signal.throwIfAborted();
    const startedMs = systemClock.nowMs();
    const probability = await model.probability((request as TurnCall).pcm);
    garbage(LEFT_BY_CALL);
    return { probability, runMs: systemClock.nowMs() - startedMs };
  },
});
