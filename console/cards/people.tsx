import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Api, People, PersonView } from '../api.js';
import { useAsk } from '../parts/ask.js';
import { Card } from '../parts/card.js';
import { Feedback, useAction } from '../parts/feedback.js';
import { TextWithCode } from '../parts/text-with-code.js';
import { useWords } from '../words/index.js';

interface PeopleProps {
  readonly api: Api;
  readonly nowMs: number;
}

/** People whose voices are known. To add a voice, the person speaks to a device. */
export function PeopleCard({ api, nowMs }: PeopleProps): JSX.Element {
  const words = useWords();
  const [known, setKnown] = useState<People>({ people: [], on: true });
  const load = useAsk(api.people, setKnown, [], nowMs);
  return (
    <Card title={words.people.title} name="people">
      {known.people.length === 0 && (
        <p class="soft">
          <TextWithCode text={known.on ? words.people.none : words.people.off} />
        </p>
      )}
      <ul class="list">
        {known.people.map((person) => (
          <Person key={person.id} person={person} api={api} onChanged={load} />
        ))}
      </ul>
    </Card>
  );
}

function Person({
  person,
  api,
  onChanged,
}: {
  readonly person: PersonView;
  readonly api: Api;
  readonly onChanged: () => void;
}): JSX.Element {
  const words = useWords();
  const [name, setName] = useState(person.name);
  const { running, outcome, run, confirm } = useAction<'rename' | 'forget'>();
  const changing = (work: () => Promise<unknown>) => async (): Promise<undefined> => {
    await work();
    onChanged();
  };
  const rename = (): void =>
    run(
      'rename',
      changing(() => api.renamePerson(person.id, name.trim())),
    );
  const forget = (): void =>
    confirm(
      'forget',
      words.people.forgetAsk,
      changing(() => api.forgetPerson(person.id)),
    );
  return (
    <li data-person={person.id}>
      <form
        class="row"
        onSubmit={(event) => {
          event.preventDefault();
          rename();
        }}
      >
        <input
          type="text"
          aria-label={words.people.name}
          value={name}
          maxLength={64}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <button type="submit" disabled={running !== undefined || name.trim() === '' || name === person.name}>
          {words.people.save}
        </button>
        <button type="button" class="danger" disabled={running !== undefined} onClick={forget}>
          {words.people.forget}
        </button>
      </form>
      <Feedback outcome={outcome} />
      <Wipe name={person.name} api={api} />
    </li>
  );
}

/** Deletes a person's memories and turns. The voice stays known. */
function Wipe({ name, api }: { readonly name: string; readonly api: Api }): JSX.Element {
  const words = useWords();
  const { running, outcome, confirm } = useAction<'wipe'>();
  const wipe = (): void =>
    confirm('wipe', words.people.wipeAsk, async () => {
      const { memories, turns } = await api.wipePerson(name);
      return { kind: 'good', text: words.people.wiped(memories, turns) };
    });
  return (
    <>
      <button type="button" class="danger" disabled={running !== undefined} onClick={wipe}>
        {words.people.wipe}
      </button>
      <Feedback outcome={outcome} />
    </>
  );
}
