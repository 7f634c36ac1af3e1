import { useLayoutEffect, useRef } from 'preact/hooks';

/** Elements that use the space bar themselves. A chosen radio button is not among them. */
const USES_SPACE_BAR = 'button, a, select, textarea, summary, [contenteditable], input:not([type=radio]:checked)';

/** While `on`, the space bar anywhere on the page acts as a push-to-talk button. */
export function useSpaceBar(on: boolean, press: () => void, release: () => void): void {
  const latest = useRef({ press, release });
  latest.current = { press, release };
  // This is a layout effect, so that it runs before a person can press the key after a change of mode.
  useLayoutEffect(() => {
    if (!on) return undefined;
    let held = false;
    const down = (event: KeyboardEvent): void => {
      if (
        event.key !== ' ' ||
        event.ctrlKey ||
        event.altKey ||
        event.metaKey ||
        (event.target instanceof Element && event.target.closest(USES_SPACE_BAR))
      )
        return;
      // Otherwise the space bar would scroll the page.
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
