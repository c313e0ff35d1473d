// The part of the package webhdfs 1.2.0 that is used; it has no types of its own.
declare module 'webhdfs' {
  import type { EventEmitter } from 'node:events';
  import type { IncomingMessage } from 'node:http';

  interface Request extends EventEmitter {
    on(event: 'response', listener: (response: IncomingMessage) => void): this;
    on(event: 'data', listener: (chunk: Buffer) => void): this;
    on(event: 'error', listener: (error: Error) => void): this;
    on(event: 'complete', listener: () => void): this;
  }

  interface Client {
    /** `path` goes into the URL as it is; `query` is added to `op=open`. */
    createReadStream(path: string, query: Readonly<Record<string, string>>): Request;
  }

  interface ClientOptions {
    readonly protocol: string;
    readonly host: string;
    readonly port: string;
    /** Put before every path. */
    readonly path: string;
  }

  interface RequestParameters {
    /** Longest wait for a connection and for the next bytes. */
    readonly timeout: number;
    /** Null: none, whatever HTTP_PROXY says. */
    readonly proxy: string | null;
    readonly agentOptions?: { readonly ca: string };
    readonly ca?: string;
  }

  const webhdfs: { createClient(options: ClientOptions, parameters: RequestParameters): Client };
  export default webhdfs;
}
