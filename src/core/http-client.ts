/** How a service is asked; what has none uses the global `fetch`. */
export interface HttpClient {
  /** Body: text or bytes. */
  readonly fetch: typeof fetch;
  /**
   * The service at that address will be asked in a moment: opens a connection for it, where none is left open. Cheap,
   * and never fails.
   */
  open?(url: string): void;
}
