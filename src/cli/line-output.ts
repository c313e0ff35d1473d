// Many lines to a stream in few writes, for what a job prints.
import type { EventLoop } from '../support/event-loop.js';

const FLUSH_CHARS = 64 * 1024;

/** Gathers lines until there are many or the event loop turns. */
export class LineOutput {
  readonly #stream: NodeJS.WriteStream;
  readonly #eventLoop: EventLoop;
  #gathered = '';

  /** `readerGone` is called when nobody reads the stream any more; what is written then is dropped. */
  constructor(stream: NodeJS.WriteStream, eventLoop: EventLoop, readerGone: () => void) {
    this.#stream = stream;
    this.#eventLoop = eventLoop;
    stream.once('error', readerGone);
  }

  line(text: string): void {
    if (this.#gathered === '') this.#eventLoop.nextTurn(() => this.flush());
    this.#gathered += `${text}\n`;
    if (this.#gathered.length >= FLUSH_CHARS) this.flush();
  }

  flush(): void {
    if (this.#gathered !== '') this.#stream.write(this.#gathered);
    this.#gathered = '';
  }
}
