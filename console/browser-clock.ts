/** Clock and timers of the page, which tests replace. */
export interface BrowserClock {
  wallMs(): number;
  /** Returns a function that cancels the timer. */
  after(delayMs: number, work: () => void): () => void;
}

export const browserClock: BrowserClock = {
  wallMs: () => Date.now(),
  after(delayMs, work) {
    const timer = window.setTimeout(work, delayMs);
    return () => window.clearTimeout(timer);
  },
};
