import { describe, expect, it } from 'vitest';
import { configSchema, type Config } from './index.js';
import { ChorusError } from '../core/index.js';
import { LiveConfig, PartFailed, type LivePart } from './live-config.js';

const configOf = (max: number): Config => configSchema.parse({ max_concurrent_sessions: max });
const signal = new AbortController().signal;

describe('the current configuration', () => {
  function setup() {
    const said: string[] = [];
    const live = new LiveConfig(configOf(1));
    const part = (name: LivePart['name'], failure?: Error): LivePart => ({
      name,
      async prepare({ next, trial }) {
        said.push(
          `${name} prepares ${next.max_concurrent_sessions}${trial ? ' and tries' : ''}, in ` +
            `force ${live.current.max_concurrent_sessions}`,
        );
        await Promise.resolve();
        if (failure) throw failure;
        return {
          commit: () => said.push(`${name} takes, in force ${live.current.max_concurrent_sessions}`),
          discard: () => said.push(`${name} discards`),
        };
      },
    });
    live.onTaken((config) => said.push(`taken ${config.max_concurrent_sessions}`));
    return { live, said, part };
  }

  it('changes in one step when every part is ready', async () => {
    const { live, said, part } = setup();
    live.add(part('llm'));
    live.add(part('voice'));
    await live.replace(configOf(2), { trial: true, signal });
    expect(said).toEqual([
      'llm prepares 2 and tries, in force 1',
      'voice prepares 2 and tries, in force 1',
      'llm takes, in force 2',
      'voice takes, in force 2',
      'taken 2',
    ]);
    expect([live.current.max_concurrent_sessions, live.started.max_concurrent_sessions]).toEqual([2, 1]);
  });

  it('stays as it is if a part fails; prepared changes are discarded', async () => {
    const { live, said, part } = setup();
    live.add(part('llm'));
    live.add(part('recognition', new ChorusError('model.corrupt', 'broken')));
    live.add(part('voice'));
    const failed = await live.replace(configOf(2), { trial: false, signal }).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(PartFailed);
    expect(failed).toMatchObject({ part: 'recognition', reason: { code: 'model.corrupt' } });
    expect(said).toEqual(['llm prepares 2, in force 1', 'recognition prepares 2, in force 1', 'llm discards']);
    expect(live.current.max_concurrent_sessions).toBe(1);
  });

  it('stays as it is if the server ends meanwhile', async () => {
    const { live, said, part } = setup();
    live.add(part('llm'));
    await expect(
      live.replace(configOf(2), { trial: false, signal: AbortSignal.abort(new Error('over')) }),
    ).rejects.toThrow('over');
    expect(said.at(-1)).toBe('llm discards');
    expect(live.current.max_concurrent_sessions).toBe(1);
  });
});
