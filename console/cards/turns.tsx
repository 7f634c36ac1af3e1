import type { JSX } from 'preact';
import type { Api, DeviceView, TurnEntry } from '../api.js';
import { clockTime, duration, firstSoundMs } from '../figures.js';
import { Card } from '../parts/card.js';
import { PlayTurn } from '../parts/play-turn.js';
import { Verdict } from '../parts/verdict.js';
import { LANGUAGE_TAG, useLanguage, useWords } from '../words/index.js';
import { nameOf } from './devices.js';

/** The last turns of all devices, newest first. */
export function TurnsCard({
  turns,
  devices,
  nowMs,
  api,
}: {
  readonly turns: readonly TurnEntry[];
  readonly devices: readonly DeviceView[];
  readonly nowMs: number;
  readonly api: Pick<Api, 'turnAudio'>;
}): JSX.Element {
  const words = useWords();
  const heard = turns.some(({ userText, answerText }) => userText !== undefined || answerText !== undefined);
  return (
    <Card
      title={words.turns.title}
      name="turns"
      aside={turns.length > 0 && !heard && <span class="aside">{words.turns.hidden}</span>}
    >
      {turns.length === 0 ? (
        <p class="soft">{words.turns.none}</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">{words.turns.when}</th>
              <th scope="col">{words.turns.who}</th>
              {heard && <th scope="col">{words.turns.said}</th>}
              <th scope="col" class="number">
                {words.turns.first}
              </th>
              <th scope="col">{words.turns.verdict}</th>
            </tr>
          </thead>
          <tbody>
            {turns.map((turn) => (
              <Turn key={turn.id} turn={turn} devices={devices} nowMs={nowMs} heard={heard} api={api} />
            ))}
          </tbody>
        </table>
      )}
    </Card>
  );
}

function Turn({
  turn,
  devices,
  nowMs,
  heard,
  api,
}: {
  readonly turn: TurnEntry;
  readonly devices: readonly DeviceView[];
  readonly nowMs: number;
  /** True if the table has a column with what was said. */
  readonly heard: boolean;
  readonly api: Pick<Api, 'turnAudio'>;
}): JSX.Element {
  const words = useWords();
  const language = useLanguage();
  const first = firstSoundMs(turn.stagesMs);
  return (
    <tr>
      <td class="when">{clockTime(turn.atWallMs, nowMs, LANGUAGE_TAG[language])}</td>
      <td class="who">
        {nameOf(
          devices.find(({ deviceId }) => deviceId === turn.deviceId),
          turn.deviceId,
          words,
        )}
      </td>
      {heard && (
        <td class="said">
          {turn.userText}
          {turn.answerText !== undefined && <p class="soft">{turn.answerText}</p>}
        </td>
      )}
      <td class="number">{first === undefined ? '–' : duration(first, language)}</td>
      <td class="how">
        <Verdict verdict={turn.verdict} />
        {turn.audio && <PlayTurn api={api} audio={turn.audio} />}
      </td>
    </tr>
  );
}
