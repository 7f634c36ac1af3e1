import { describe, expect, it } from 'vitest';
import { Cancelled } from './errors/index.js';
import { Scope } from './scope.js';

function rootScope(): { scope: Scope; errors: string[] } {
  const errors: string[] = [];
  return { scope: new Scope('root', (name, error) => errors.push(`${name}: ${String(error)}`)), errors };
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));

describe('Scope', () => {
  it('on closing, aborts tasks and children, waits for them, then runs finalisers in reverse order', async () => {
    const { scope, errors } = rootScope();
    const order: string[] = [];
    scope.onClose(() => void order.push('first registered'));
    scope.onClose(() => void order.push('last registered'));
    scope.fork('slow to end', async (signal) => {
      await untilAborted(signal).catch(() => undefined);
      await Promise.resolve();
      order.push('task ended');
    });
    const child = scope.child('child');
    child.onClose(() => void order.push('child closed'));
    expect(scope.tree()).toEqual({
      name: 'root',
      tasks: ['slow to end'],
      children: [{ name: 'child', tasks: [], children: [] }],
    });
    await scope.close();
    expect(order.slice(-2)).toEqual(['last registered', 'first registered']);
    expect(order.slice(0, 2).toSorted()).toEqual(['child closed', 'task ended']);
    expect(scope.tree()).toEqual({ name: 'root', tasks: [], children: [] });
    expect(errors).toEqual([]);
  });

  it('reports a failed task by its path, but not a cancelled task', async () => {
    const { scope, errors } = rootScope();
    scope.fork('bad', () => Promise.reject(new Error('boom')));
    scope.fork('cancelled', (signal) => untilAborted(signal));
    await scope.close();
    expect(errors).toEqual(['root/bad: Error: boom']);
  });

  it('removes a closed child from its parent, and closes a child of a closed scope at once', async () => {
    const { scope } = rootScope();
    const child = scope.child('child');
    await child.close();
    expect(scope.tree().children).toEqual([]);
    await scope.close();
    const late = scope.child('late');
    expect(late.signal.aborted).toBe(true);
    expect(late.signal.reason).toBeInstanceOf(Cancelled);
    let ran = false;
    late.fork('never', async () => void (ran = true));
    let finalised = false;
    late.onClose(() => void (finalised = true));
    expect([ran, finalised]).toEqual([false, true]);
  });

  it('reports a finaliser that throws, and runs the others', async () => {
    const { scope, errors } = rootScope();
    let ran = false;
    scope.onClose(() => void (ran = true));
    scope.onClose(() => {
      throw new Error('stuck');
    });
    await scope.close();
    await scope.close();
    expect([ran, errors]).toEqual([true, ['root/close: Error: stuck']]);
  });
});
