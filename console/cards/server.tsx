import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Api, ModelView, Overview } from '../api.js';
import { percent, size, span } from '../figures.js';
import { Card } from '../parts/card.js';
import { Feedback, useAction } from '../parts/feedback.js';
import { useLanguage, useWords } from '../words/index.js';

/** The server's load, and the models that are installed or being downloaded. */
export function ServerCard({
  api,
  overview,
  onChanged,
}: {
  readonly api: Api;
  readonly overview: Overview;
  readonly onChanged: () => void;
}): JSX.Element {
  const words = useWords();
  const { load, models, startedAtMs, nowMs } = overview;
  return (
    <Card
      title={words.server.title}
      name="server"
      aside={
        <span class="aside">
          {nowMs - startedAtMs < 60_000 ? words.server.started : words.server.running(span(nowMs - startedAtMs, words))}
        </span>
      }
    >
      <p class="big">{words.server.talking(load.talking, load.ceiling)}</p>
      <Places talking={load.talking} ceiling={load.ceiling} />
      <p class="soft">
        {words.server.connections(load.connections)} · {words.server.reasons[load.reason] ?? load.reason}
      </p>
      {models.length > 0 && (
        <>
          <h3>{words.server.models}</h3>
          <ul class="models">
            {models.map((model) => (
              <ModelRow key={model.id} model={model} api={api} onChanged={onChanged} />
            ))}
          </ul>
        </>
      )}
      <OtherModels api={api} shown={models} onChanged={onChanged} />
    </Card>
  );
}

/** All models that are not shown above. They are requested when the list is opened. */
function OtherModels({
  api,
  shown,
  onChanged,
}: {
  readonly api: Api;
  readonly shown: readonly ModelView[];
  readonly onChanged: () => void;
}): JSX.Element {
  const words = useWords();
  const [all, setAll] = useState<readonly ModelView[]>([]);
  const look = (): void => void api.models().then(setAll, () => undefined);
  return (
    <details onToggle={(event) => event.currentTarget.open && look()}>
      <summary>{words.server.others}</summary>
      <ul class="models">
        {all
          .filter(({ id }) => !shown.some((model) => model.id === id))
          .map((model) => (
            <ModelRow key={model.id} model={model} api={api} onChanged={onChanged} />
          ))}
      </ul>
    </details>
  );
}

/** Above this number of places, a bar replaces the dots, because nobody counts so many. */
const MAX_DOTS = 24;

function Places({ talking, ceiling }: { readonly talking: number; readonly ceiling: number }): JSX.Element {
  const words = useWords();
  const label = words.server.meter(talking, ceiling);
  if (ceiling > MAX_DOTS)
    return <meter aria-label={label} min={0} max={ceiling} high={ceiling * 0.9} value={talking} />;
  return (
    <div class="places" role="img" aria-label={label}>
      {Array.from({ length: ceiling }, (_, place) => (
        <i key={place} class={place < talking ? 'taken' : ''} />
      ))}
    </div>
  );
}

function ModelRow({
  model,
  api,
  onChanged,
}: {
  readonly model: ModelView;
  readonly api: Api;
  readonly onChanged: () => void;
}): JSX.Element {
  const words = useWords();
  const language = useLanguage();
  const { running, outcome, run } = useAction<'pull'>();
  const { id, state, about, kind, used, downloadBytes } = model;
  const moving = state !== 'installed' && state !== 'missing';
  const pull = (): void =>
    run('pull', async () => {
      await api.pullModel(id);
      onChanged();
      return undefined;
    });
  return (
    <li data-model={id} data-state={state}>
      <div class="row">
        <span class="grow">
          <b>{id}</b> <span class="soft">{words.server.kinds[kind] ?? kind}</span>
        </span>
        <span class={`tag ${state === 'installed' ? 'good' : state === 'missing' || state === 'waiting' ? 'bad' : ''}`}>
          {state === 'installed' && used ? words.server.inUse : words.server.modelState[state]}
          {moving && model.percent !== undefined && ` ${percent(model.percent)}`}
        </span>
        {state === 'missing' && downloadBytes > 0 && (
          <button type="button" onClick={pull} disabled={running !== undefined}>
            {words.server.pull} · {size(downloadBytes)}
          </button>
        )}
      </div>
      {moving && (
        <progress
          aria-label={words.server.progress(id)}
          max={100}
          {...(model.percent !== undefined && { value: model.percent })}
        />
      )}
      <p class="soft">{model.reason ?? about[language]}</p>
      <Feedback outcome={outcome} />
    </li>
  );
}
