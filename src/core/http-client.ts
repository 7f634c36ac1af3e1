/** A component that gets no client uses the global `fetch`. */
export interface HttpClient {
  /** The body of a request is text or bytes. */
  readonly fetch: typeof fetch;
  /** Opens a connection to the service if none is open, because a request will follow. Cheap, and never fails. */
  open?(url: string): void;
}
