import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Api, DeviceView, MemoryView } from '../api.js';
import { localDate } from '../figures.js';
import { useAsk } from '../parts/ask.js';
import { Card } from '../parts/card.js';
import { Feedback, useAction } from '../parts/feedback.js';
import { Select } from '../parts/field.js';
import { useWords } from '../words/index.js';
import { nameOf } from './devices.js';

interface MemoryProps {
  readonly api: Api;
  readonly devices: readonly DeviceView[];
  readonly nowMs: number;
}

const SHOWN = 100;

export function MemoryCard({ api, devices, nowMs }: MemoryProps): JSX.Element {
  const words = useWords();
  const [memories, setMemories] = useState<readonly MemoryView[]>([]);
  const [device, setDevice] = useState('');
  const [person, setPerson] = useState('');
  const load = useAsk(api.memories, setMemories, [], nowMs);
  const current = memories.filter(({ replacedBy }) => replacedBy === undefined);
  const fits = (memory: MemoryView): boolean =>
    (device === '' || memory.deviceId === device) && (person === '' || memory.name === person);
  const found = current.filter(fits);
  const titleOf = (id: string): string =>
    nameOf(
      devices.find(({ deviceId }) => deviceId === id),
      id,
      words,
    );
  const deviceIds = [...new Set(current.map(({ deviceId }) => deviceId))];
  const people = [...new Set(current.flatMap(({ name }) => name ?? []))];
  const every = { value: '', text: words.memory.every };
  return (
    <Card title={words.memory.title} name="memory">
      {current.length === 0 && <p class="soft">{words.memory.none}</p>}
      {current.length > 0 && (
        <Select
          label={words.memory.device}
          value={device}
          choices={[every, ...deviceIds.map((id) => ({ value: id, text: titleOf(id) }))]}
          onChange={setDevice}
        />
      )}
      {people.length > 0 && (
        <Select
          label={words.memory.person}
          value={person}
          choices={[every, ...people.map((name) => ({ value: name, text: name }))]}
          onChange={setPerson}
        />
      )}
      <ul class="list">
        {found.slice(0, SHOWN).map((memory) => (
          <Memory key={memory.id} memory={memory} api={api} where={titleOf(memory.deviceId)} onChanged={load} />
        ))}
      </ul>
      <All
        // The question whether to forget them is about one choice.
        key={JSON.stringify([device, person])}
        api={api}
        found={found}
        which={{ ...(device !== '' && { device }), ...(person !== '' && { person }) }}
        onSave={() => save(memories.filter(fits))}
        onChanged={load}
      />
    </Card>
  );
}

function All({
  api,
  found,
  which,
  onSave,
  onChanged,
}: {
  readonly api: Api;
  readonly found: readonly MemoryView[];
  readonly which: Readonly<Record<string, string>>;
  readonly onSave: () => void;
  readonly onChanged: () => void;
}): JSX.Element {
  const words = useWords();
  const { running, outcome, confirm } = useAction<'forget'>();
  const wipe = (): void =>
    confirm('forget', words.memory.forgetAsk, async () => {
      const forgotten = await api.forgetMemories(Object.keys(which).length === 0 ? { all: 'true' } : which);
      onChanged();
      return { kind: 'good', text: words.memory.forgotten(forgotten) };
    });
  return (
    <>
      {found.length > 0 && (
        <div class="row actions">
          <button type="button" onClick={onSave}>
            {words.memory.export}
          </button>
          <button type="button" class="danger" onClick={wipe} disabled={running !== undefined}>
            {words.memory.forgetAll(found.length)}
          </button>
        </div>
      )}
      <Feedback outcome={outcome} />
    </>
  );
}

function Memory({
  memory,
  api,
  where,
  onChanged,
}: {
  readonly memory: MemoryView;
  readonly api: Api;
  readonly where: string;
  readonly onChanged: () => void;
}): JSX.Element {
  const words = useWords();
  const [text, setText] = useState(memory.text);
  const { running, outcome, run } = useAction<'edit' | 'forget'>();
  const { id, name, agentId, createdMs } = memory;
  const about = [localDate(createdMs), name, where, agentId].filter(Boolean).join(' · ');
  const act = (action: 'edit' | 'forget', work: () => Promise<unknown>): void =>
    run(action, async () => {
      await work();
      onChanged();
      return undefined;
    });
  return (
    <li data-memory={id}>
      <details>
        <summary>{memory.text}</summary>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            act('edit', () => api.editMemory(id, text.trim()));
          }}
        >
          <textarea
            aria-label={words.memory.text}
            value={text}
            rows={3}
            maxLength={1200}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          <div class="row actions">
            <button type="submit" disabled={running !== undefined || text.trim() === ''}>
              {words.memory.save}
            </button>
            <button
              type="button"
              class="danger"
              disabled={running !== undefined}
              onClick={() => act('forget', () => api.forgetMemory(id))}
            >
              {words.memory.forget}
            </button>
          </div>
        </form>
        <Feedback outcome={outcome} />
      </details>
      <p class="soft small">{about}</p>
    </li>
  );
}

/** Offers the memories, including replaced ones, as a JSON file. */
function save(memories: readonly MemoryView[]): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(memories, null, 2)], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = 'chorus-memory.json';
  link.click();
  URL.revokeObjectURL(url);
}
