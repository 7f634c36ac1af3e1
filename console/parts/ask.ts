import { useEffect, useRef, useState } from 'preact/hooks';

/**
 * Loads the data of a card at first and whenever a value of `again` changes. The returned function loads the data at
 * any other time. A failed request is repeated when `aliveMs` changes, which is the time in the server's last overview.
 * The answer goes to the `take` of the latest rendering, because the reader may have chosen something else meanwhile.
 */
export function useAsk<Answer>(
  ask: () => Promise<Answer>,
  take: (answer: Answer) => void,
  again: readonly unknown[],
  aliveMs: number,
): () => void {
  const [failed, setFailed] = useState(false);
  const latest = useRef(take);
  latest.current = take;
  const load = (): void =>
    void ask().then(
      (answer) => latest.current(answer),
      () => setFailed(true),
    );
  useEffect(load, again);
  useEffect(() => {
    if (!failed) return;
    setFailed(false);
    load();
  }, [aliveMs]);
  return load;
}
