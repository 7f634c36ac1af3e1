/** Time of the browser, injected like everywhere in Chorus. Milliseconds. */
export interface BrowserClock {
  wallMs(): number;
  /** Cancelled by the function that is returned. */
  after(delayMs: number, work: () => void): () => void;
}

export const browserClock: BrowserClock = {
  wallMs: () => Date.now(),
  after(delayMs, work) {
    const timer = window.setTimeout(work, delayMs);
    return () => window.clearTimeout(timer);
  },
};
