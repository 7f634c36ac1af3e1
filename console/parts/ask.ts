import { useEffect, useRef, useState } from 'preact/hooks';

/**
 * Loads a card's data when the card appears and whenever a value of `again` changes. The returned function loads the
 * data at any other time. `aliveMs` is the time of the server's last overview. When it changes, a failed request is
 * repeated. The answer goes to the latest `take`, because the user may have changed the form meanwhile.
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
