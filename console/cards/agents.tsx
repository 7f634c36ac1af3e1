import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { AgentFieldView, AgentView, Api, DeviceView } from '../api.js';
import { useAsk } from '../parts/ask.js';
import { Card } from '../parts/card.js';
import { Feedback, useAction } from '../parts/feedback.js';
import { Field, Select } from '../parts/field.js';
import { useLanguage, useWords } from '../words/index.js';
import { nameOf } from './devices.js';

interface AgentsProps {
  readonly api: Api;
  readonly devices: readonly DeviceView[];
  readonly nowMs: number;
  readonly onChanged: () => void;
}

/** Agents and the devices that use them. The server says which fields the form has. */
export function AgentsCard({ api, devices, nowMs, onChanged }: AgentsProps): JSX.Element {
  const words = useWords();
  const language = useLanguage();
  const [agents, setAgents] = useState<readonly AgentView[]>([]);
  const [fields, setFields] = useState<readonly AgentFieldView[]>([]);
  const { running, outcome, run } = useAction<'examples'>();
  const load = useAsk(api.agents, setAgents, [language], nowMs);
  useAsk(api.agentFields, setFields, [], nowMs);
  const changed = (): void => {
    load();
    onChanged();
  };
  return (
    <Card
      title={words.agents.title}
      name="agents"
      aside={agents.length > 0 && <span class="aside">{agents.length}</span>}
    >
      <p class="soft">{words.agents.lead}</p>
      <ul class="list">
        {agents.map((agent) => (
          <li key={agent.id} data-agent={agent.id}>
            <details>
              <summary>
                <b>{agent.name}</b> <span class="soft">{words.agents.on(agent.devices.length)}</span>
              </summary>
              <Devices agent={agent} devices={devices} api={api} onChanged={changed} />
              <AgentForm agent={agent} fields={fields} api={api} onChanged={changed} />
              <Remove agent={agent} api={api} onChanged={changed} />
            </details>
          </li>
        ))}
      </ul>
      <details>
        <summary>{words.agents.add}</summary>
        <AgentForm agent={undefined} fields={fields} api={api} onChanged={changed} />
      </details>
      <div class="row actions">
        <button
          type="button"
          disabled={running !== undefined}
          onClick={() =>
            run('examples', async () => {
              const added = await api.addAgentExamples(language);
              changed();
              return { kind: 'good', text: words.agents.added(added.length) };
            })
          }
        >
          {words.agents.examples}
        </button>
      </div>
      <Feedback outcome={outcome} />
    </Card>
  );
}

/** How a device uses an agent. The agent `answers` now, or people `may` switch to the agent by voice. */
type Place = 'answers' | 'may' | 'no';

function placeOf({ agentId, roles }: DeviceView, id: string): Place {
  if (agentId === id) return 'answers';
  return roles?.includes(id) === true ? 'may' : 'no';
}

function Devices({
  agent,
  devices,
  api,
  onChanged,
}: {
  readonly agent: AgentView;
  readonly devices: readonly DeviceView[];
  readonly api: Api;
  readonly onChanged: () => void;
}): JSX.Element {
  const words = useWords();
  const { running, outcome, run } = useAction<'assign'>();
  const { id } = agent;
  const assign = (device: DeviceView, place: Place): void =>
    run('assign', async () => {
      const roles = (device.roles ?? []).filter((role) => role !== id);
      await api.chooseAgent(device.deviceId, {
        agent: place === 'answers' ? id : device.agentId === id ? '' : (device.agentId ?? ''),
        roles: place === 'may' ? [...roles, id] : roles,
      });
      onChanged();
      return undefined;
    });
  const own = devices.filter(({ browser }) => !browser);
  return (
    <>
      {own.length > 0 && <h3>{words.agents.devices}</h3>}
      {own.map((device) => (
        <Select
          key={device.deviceId}
          label={nameOf(device, device.deviceId, words)}
          value={placeOf(device, id)}
          choices={(['answers', 'may', 'no'] as const).map((place) => ({
            value: place,
            text: words.agents.places[place],
          }))}
          onChange={(place) => running === undefined && assign(device, place as Place)}
        />
      ))}
      <Feedback outcome={outcome} />
    </>
  );
}

/** What was typed into each field, by the field's name. */
type Entered = Readonly<Record<string, string>>;

interface AgentFormProps {
  /** Undefined if a new agent is being added. */
  readonly agent: AgentView | undefined;
  readonly fields: readonly AgentFieldView[];
  readonly api: Api;
  readonly onChanged: () => void;
}

function AgentForm({ agent, fields, api, onChanged }: AgentFormProps): JSX.Element {
  const words = useWords();
  const [id, setId] = useState('');
  const [entered, setEntered] = useState<Entered>({});
  const { running, outcome, run } = useAction<'save'>();
  const save = (): void =>
    run('save', async () => {
      const chosen = agent?.id ?? id.trim();
      if (agent === undefined && (await api.agents()).some((one) => one.id === chosen))
        return { kind: 'bad', text: words.agents.taken(chosen) };
      await api.setAgent(chosen, Object.fromEntries(fields.flatMap((field) => changeOf(field, entered))));
      setEntered({});
      setId('');
      onChanged();
      return { kind: 'good', text: words.agents.saved };
    });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      {agent === undefined && (
        <Field label={words.agents.id}>
          <input
            value={id}
            onInput={(event) => setId(event.currentTarget.value)}
            pattern="[A-Za-z0-9._\-]+"
            maxLength={64}
            required
            autocomplete="off"
          />
        </Field>
      )}
      {fields.map((field) => (
        <Entry
          key={field.name}
          field={field}
          value={entered[field.name] ?? textOf(agent, field)}
          onInput={(value) => setEntered({ ...entered, [field.name]: value })}
        />
      ))}
      <div class="row actions">
        <button type="submit" class="primary" disabled={running !== undefined}>
          {words.agents.save}
        </button>
      </div>
      <Feedback outcome={outcome} />
    </form>
  );
}

function Remove({
  agent,
  api,
  onChanged,
}: {
  readonly agent: AgentView;
  readonly api: Api;
  readonly onChanged: () => void;
}): JSX.Element {
  const words = useWords();
  const { running, outcome, confirm } = useAction<'remove'>();
  const remove = (): void =>
    confirm('remove', words.agents.removeAsk, async () => {
      await api.removeAgent(agent.id);
      onChanged();
      return undefined;
    });
  return (
    <>
      <div class="row actions">
        <button type="button" class="danger" onClick={remove} disabled={running !== undefined}>
          {words.agents.remove}
        </button>
      </div>
      <Feedback outcome={outcome} />
    </>
  );
}

function Entry({
  field,
  value,
  onInput,
}: {
  readonly field: AgentFieldView;
  readonly value: string;
  readonly onInput: (value: string) => void;
}): JSX.Element {
  const language = useLanguage();
  const words = useWords();
  const { kind, choices, maxChars, title, about } = field;
  const label = title[language];
  if (choices !== undefined)
    return (
      <Select
        label={label}
        value={value}
        choices={[{ value: '', text: words.agents.asConfigured }, ...choices.map((one) => ({ value: one, text: one }))]}
        onChange={onInput}
      />
    );
  const shared = { value, maxLength: maxChars, title: about[language], placeholder: words.agents.asConfigured };
  return (
    <Field label={label}>
      {(maxChars ?? 0) > 500 ? (
        <textarea {...shared} rows={5} onInput={(event) => onInput(event.currentTarget.value)} />
      ) : kind === 'number' ? (
        <input {...shared} type="number" min={1} onInput={(event) => onInput(event.currentTarget.value)} />
      ) : (
        <input {...shared} onInput={(event) => onInput(event.currentTarget.value)} autocomplete="off" />
      )}
      <span class="hint">{about[language]}</span>
    </Field>
  );
}

function textOf(agent: AgentView | undefined, { name }: AgentFieldView): string {
  const value = agent?.[name as keyof AgentView];
  return typeof value === 'object' ? value.join(', ') : String(value ?? '');
}

/** An empty field gets its default back. */
function changeOf({ name, kind }: AgentFieldView, entered: Entered): [string, unknown][] {
  const text = entered[name]?.trim();
  if (text === undefined) return [];
  if (text === '') return [[name, '']];
  if (kind === 'number') return [[name, Number(text)]];
  if (kind !== 'list') return [[name, text]];
  return [
    [
      name,
      text
        .split(/[,，、]/)
        .map((item) => item.trim())
        .filter((item) => item !== ''),
    ],
  ];
}
