import { useLayoutEffect, useRef } from 'preact/hooks';

/** Where the space bar already does something: there it is not ours. A radio that is chosen has no use for it. */
const HAS_USE_FOR_IT = 'button, a, select, textarea, summary, [contenteditable], input:not([type=radio]:checked)';

/** The space bar anywhere on the page, while it is `on`, as a button that is held down. */
export function useSpaceBar(on: boolean, press: () => void, release: () => void): void {
  const latest = useRef({ press, release });
  latest.current = { press, release };
  // With the change itself: whoever chose to hold may press in the same moment.
  useLayoutEffect(() => {
    if (!on) return undefined;
    let held = false;
    const down = (event: KeyboardEvent): void => {
      if (
        event.key !== ' ' ||
        event.ctrlKey ||
        event.altKey ||
        event.metaKey ||
        (event.target instanceof Element && event.target.closest(HAS_USE_FOR_IT))
      )
        return;
      // Else the page scrolls.
      event.preventDefault();
      if (held) return;
      held = true;
      latest.current.press();
    };
    const letGo = (): void => {
      if (!held) return;
      held = false;
      latest.current.release();
    };
    const up = (event: KeyboardEvent): void => {
      if (event.key === ' ') letGo();
    };
    window.addEventListener('keydown', down);
    window.addEventListener('keyup', up);
    window.addEventListener('blur', letGo);
    return () => {
      window.removeEventListener('keydown', down);
      window.removeEventListener('keyup', up);
      window.removeEventListener('blur', letGo);
      letGo();
    };
  }, [on]);
}
