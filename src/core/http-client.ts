/** HTTP access to a service. A component that gets no client uses the global `fetch`. */
export interface HttpClient {
  /** The body of a request is text or bytes. */
  readonly fetch: typeof fetch;
  /** Announces a request to the service at that address: opens a connection if none is open. Cheap; never fails. */
  open?(url: string): void;
}
