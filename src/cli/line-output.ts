// Many lines to a stream in few writes, for what a job prints.
import type { EventLoop } from '../support/event-loop.js';

const FLUSH_CHARS = 64 * 1024;

/** Gathers lines until there are many or the event loop turns. */
export class LineOutput {
  readonly #write: (text: string) => void;
  readonly #eventLoop: EventLoop;
  #gathered = '';

  /** `write` hands text on to a stream. */
  constructor(write: (text: string) => void, eventLoop: EventLoop) {
    this.#write = write;
    this.#eventLoop = eventLoop;
  }

  line(text: string): void {
    if (this.#gathered === '') this.#eventLoop.nextTurn(() => this.flush());
    this.#gathered += `${text}\n`;
    if (this.#gathered.length >= FLUSH_CHARS) this.flush();
  }

  flush(): void {
    if (this.#gathered !== '') this.#write(this.#gathered);
    this.#gathered = '';
  }
}
