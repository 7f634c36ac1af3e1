import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Api, ModelView, Overview } from '../api.js';
import { percent, size } from '../figures.js';
import { useAsk } from '../parts/ask.js';
import { Feedback, useAction } from '../parts/feedback.js';
import { useWords, type Words } from '../words/index.js';

interface MissingModelProps {
  readonly api: Api;
  readonly overview: Overview;
  /** The language for which no recognition model is installed. */
  readonly spoken: 'en' | 'zh';
  readonly onChanged: () => void;
}

/**
 * Says that this language is not recognised yet. Shows the progress of the model's download, or a button that starts
 * it.
 */
export function MissingModel({ api, overview, spoken, onChanged }: MissingModelProps): JSX.Element {
  const words = useWords();
  const [all, setAll] = useState<readonly ModelView[]>([]);
  const { running, outcome, run } = useAction<'pull'>();
  useAsk(api.models, setAll, [], overview.nowMs);

  const coming = overview.models.find((model) => understands(model, spoken) && isMoving(model));
  // The first fitting model is the best, because the server lists models in its order of preference.
  const wanted = all.find(
    (model) => understands(model, spoken) && model.state === 'missing' && model.downloadBytes > 0,
  );
  const pull = ({ id }: ModelView): void =>
    run('pull', async () => {
      await api.pullModel(id);
      onChanged();
      return undefined;
    });

  return (
    <div class="outcome note missing-model">
      <p>{modelNote(coming, spoken, words)}</p>
      {coming === undefined && wanted !== undefined && (
        <button type="button" onClick={() => pull(wanted)} disabled={running !== undefined}>
          {words.server.pull} · {size(wanted.downloadBytes)}
        </button>
      )}
      <Feedback outcome={outcome} />
    </div>
  );
}

export function modelNote(
  coming: Pick<ModelView, 'state' | 'percent'> | undefined,
  spoken: 'en' | 'zh',
  words: Words,
): string {
  if (coming === undefined) return words.talk.missingModel[spoken];
  return coming.state === 'waiting' ? words.talk.waitingModel : words.talk.comingModel(percent(coming.percent));
}

const understands = ({ kind, languages }: ModelView, language: string): boolean =>
  kind === 'asr' && languages.includes(language);
const isMoving = ({ state }: ModelView): boolean => state !== 'installed' && state !== 'missing';
