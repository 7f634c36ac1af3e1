import { ChorusError } from '../../src/core/index.js';
import { serveChild } from '../../src/engines/processes/serve.js';

/** What a test can order this child process to do, including faults. */
type Order =
  | { readonly do: 'echo'; readonly value: unknown }
  | { readonly do: 'hang' }
  | { readonly do: 'block'; readonly forMs: number }
  | { readonly do: 'abort' }
  | { readonly do: 'throw'; readonly code?: 'model.corrupt' }
  | { readonly do: 'until-cancelled' }
  | { readonly do: 'print'; readonly lines: number }
  | { readonly do: 'posts' };

const posts: unknown[] = [];

const child = serveChild({
  async init(init) {
    const { fail, crash } = init as { fail?: string; crash?: boolean };
    if (crash === true) process.abort();
    if (fail !== undefined) throw new ChorusError('model.corrupt', fail);
    await Promise.resolve();
  },
  async call(request, signal) {
    const order = request as Order;
    switch (order.do) {
      case 'echo':
        return order.value;
      case 'hang':
        child.emit('hanging');
        return new Promise(() => undefined);
      case 'block': {
        const untilMs = performance.now() + order.forMs;
        while (performance.now() < untilMs);
        return 'unblocked';
      }
      case 'abort':
        process.abort();
        break;
      case 'throw':
        if (order.code) throw new ChorusError(order.code, 'as told');
        throw new Error('as told');
      case 'until-cancelled':
        child.emit('waiting');
        return new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            child.emit('cancelled');
            resolve('let go');
          });
        });
      case 'print':
        for (let i = 0; i < order.lines; i++) process.stderr.write(`line ${i} ${'x'.repeat(600)}\n`);
        return 'printed';
      case 'posts':
        return posts;
    }
    return undefined;
  },
  post(message) {
    posts.push(message);
  },
});
