import { useEffect, useRef, useState } from 'preact/hooks';

/**
 * Asks the server for what a card needs, when it is first shown and whenever one of `again` is another; where it does
 * not answer, once more at its next sign of life (`aliveMs`, of the overview). The function that is returned asks at
 * any other time. `take` is that of the time when the answer comes: its reader may have chosen something meanwhile.
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
