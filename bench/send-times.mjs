// Preload of the server under test, with `--import`. It records when each packet, `tts start` and `tts stop` is written
// to its socket, and writes the list at the end. A device on the same machine could only measure when it reads.
import { writeFileSync } from 'node:fs';
import { WebSocket } from 'ws';

const path = process.env.CHORUS_BENCH_SEND_TIMES;
// The server's child processes load this file too, but they have no sockets.
if (path !== undefined && process.send === undefined) {
  const sockets = new Map();
  const send = Object.getOwnPropertyDescriptor(WebSocket.prototype, 'send').value;
  WebSocket.prototype.send = function (...args) {
    const [data] = args;
    const what =
      typeof data !== 'string'
        ? 'packet'
        : data.includes('"state":"start"')
          ? 'start'
          : data.includes('"state":"stop"')
            ? 'stop'
            : undefined;
    if (what !== undefined) {
      const list = sockets.get(this) ?? [];
      sockets.set(this, list);
      list.push([what, performance.now()]);
    }
    return send.apply(this, args);
  };
  process.on('exit', () => writeFileSync(path, JSON.stringify([...sockets.values()])));
}
