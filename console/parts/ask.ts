import { useEffect, useRef, useState } from 'preact/hooks';

/**
 * Loads the data of a card when it is first shown, and whenever a value of `again` changes. After a failure it retries
 * after the server's next answer (`aliveMs` of the overview). The returned function loads at any other time. The latest
 * rendering's `take` gets the answer, because the reader may have made a choice meanwhile.
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
