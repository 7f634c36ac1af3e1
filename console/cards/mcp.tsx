import type { JSX } from 'preact';
import type { Mcp } from '../api.js';
import { Card } from '../parts/card.js';
import { useWords } from '../words/index.js';

/**
 * Three lists: MCP servers whose tools we use, tokens with which programs offer us tools, and other servers to which we
 * offer tools. All are set up in a file and with commands.
 */
export function McpCard({ mcp }: { readonly mcp: Mcp }): JSX.Element {
  const { mcp: words } = useWords();
  const { servers, tokens, accessPoints } = mcp;
  return (
    <Card title={words.title} name="mcp">
      {servers.length + tokens.length + accessPoints.length === 0 && <p class="soft">{words.none}</p>}
      <ul class="list">
        {servers.map(({ name, state, tools, error, optional }) => (
          <li key={name} class={state === 'failed' && !optional ? 'problem warn' : ''}>
            <p>
              <strong>{name}</strong>{' '}
              <span class="soft">{state === 'failed' && optional ? words.unused : words.states[state]}</span>
            </p>
            {error && <p class="soft">{error.message}</p>}
            <Tools names={tools.map((tool) => tool.name)} />
          </li>
        ))}
        {tokens.map(({ id, agent, bridges, tools }) => (
          <li key={id}>
            <p>
              <strong>{words.token(id, agent)}</strong> <span class="soft">{words.bridges(bridges)}</span>
            </p>
            <Tools names={tools} />
          </li>
        ))}
        {accessPoints.map(({ name, state, tools, error }) => (
          <li key={name} class={state === 'failed' ? 'problem warn' : ''}>
            <p>
              <strong>{words.offeredTo(name)}</strong> <span class="soft">{words.states[state]}</span>
            </p>
            {error && <p class="soft">{error.message}</p>}
            <Tools names={tools} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Tools({ names }: { readonly names: readonly string[] }): JSX.Element | null {
  const { mcp: words } = useWords();
  if (names.length === 0) return null;
  return (
    <details>
      <summary>{words.tools(names.length)}</summary>
      <p class="soft small">{names.join(', ')}</p>
    </details>
  );
}
