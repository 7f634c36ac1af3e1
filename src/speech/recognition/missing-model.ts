import { ChorusError, type LanguageTag } from '../../core/index.js';
import type { AsrModel, ModelProgress } from '../../engines/index.js';
import { speechWords } from '../words.js';

/** `progress` is the state of the download of `wanted`. It is undefined if downloads are not allowed. */
export function missingModel(
  language: LanguageTag,
  wanted: AsrModel | undefined,
  progress: ModelProgress | undefined,
): ChorusError {
  if (!wanted) return new ChorusError('model.not_installed', speechWords.noModel(language));
  const { id } = wanted;
  if (!progress)
    return new ChorusError(
      'model.not_installed',
      `the speech model ${id} is not installed, and models.auto_pull is off: chorus models pull ${id}`,
      { details: { id } },
    );
  const { fraction, state, code, reason } = progress;
  // If another process is downloading the model, that is no failure.
  if (state === 'waiting' && code !== undefined && code !== 'model.busy') {
    return new ChorusError(
      'model.not_fetched',
      `the speech model ${id} cannot be fetched (${reason ?? code}); without ` +
        `internet: chorus models pull ${id} --file ARCHIVE`,
      { details: { id } },
    );
  }
  const percent = fraction === undefined ? '' : ` (${Math.floor(fraction * 100)} % received)`;
  return new ChorusError('model.missing', `the speech model ${id} is not installed yet${percent}`, {
    details: { id, ...(fraction !== undefined && { percent: Math.floor(fraction * 100) }) },
  });
}
