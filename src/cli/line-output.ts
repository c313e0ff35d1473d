// Many lines to a stream in few writes, for what a job prints.
import type { EventLoop } from '../support/event-loop.js';

const FLUSH_CHARS = 64 * 1024;

/** Gathers lines until there are many or the event loop turns. `closed` is called once the reader has gone. */
export class LineOutput {
  readonly #stream: NodeJS.WriteStream;
  readonly #eventLoop: EventLoop;
  readonly #closed: () => void;
  #gathered = '';

  constructor(stream: NodeJS.WriteStream, eventLoop: EventLoop, closed: () => void) {
    this.#stream = stream;
    this.#eventLoop = eventLoop;
    this.#closed = closed;
  }

  line(text: string): void {
    if (this.#gathered === '') this.#eventLoop.nextTurn(() => this.flush());
    this.#gathered += `${text}\n`;
    if (this.#gathered.length >= FLUSH_CHARS) this.flush();
  }

  flush(): void {
    if (this.#gathered === '') return;
    if (this.#stream.writable) this.#stream.write(this.#gathered);
    else this.#closed();
    this.#gathered = '';
  }
}
