import { useEffect, useRef, useState } from 'preact/hooks';

/**
 * Loads the data of a card when it is first shown and whenever one of `again` changes. After a failure it tries again
 * when the server has answered something (`aliveMs` of the overview). The returned function loads at any other time. An
 * answer goes to the `take` of the latest rendering, because the reader may have chosen something in the meantime.
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
