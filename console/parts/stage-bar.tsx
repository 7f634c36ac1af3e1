import type { JSX } from 'preact';
import { duration, stageSegments } from '../figures.js';
import { useLanguage, useWords } from '../words/index.js';

export function StageBar({ stages }: { readonly stages: Readonly<Record<string, number>> }): JSX.Element | null {
  const words = useWords();
  const language = useLanguage();
  const segments = stageSegments(stages);
  if (segments.length === 0) return null;
  return (
    <div class="stages">
      <div class="stage-bar" aria-hidden="true">
        {segments.map(({ stage, ms }) => (
          <i key={stage} class={`stage-${stage}`} style={{ flexGrow: ms }} />
        ))}
      </div>
      <ul>
        {segments.map(({ stage, ms }) => (
          <li key={stage}>
            <i class={`stage-${stage}`} aria-hidden="true" />
            {words.devices.stages[stage]} <b>{duration(ms, language)}</b>
          </li>
        ))}
      </ul>
    </div>
  );
}
