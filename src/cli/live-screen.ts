// Lines at the bottom of a terminal that are drawn over and over, while other lines scroll by above them.
import { clearScreenDown, cursorTo, moveCursor } from 'node:readline';

export class LiveScreen {
  readonly #stream: NodeJS.WriteStream;
  #lines: readonly string[] = [];

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  show(lines: readonly string[]): void {
    this.#takeAway();
    this.#lines = lines.slice(0, Math.max(0, this.#stream.rows - 1));
    this.#draw();
  }

  /** Writes something else, above. */
  aside(write: () => void): void {
    this.#takeAway();
    write();
    this.#draw();
  }

  /** Leaves the last lines where they are. */
  end(): void {
    this.#lines = [];
  }

  #draw(): void {
    if (this.#lines.length > 0) this.#stream.write(this.#lines.map((line) => `${line}\n`).join(''));
  }

  #takeAway(): void {
    if (this.#lines.length === 0) return;
    moveCursor(this.#stream, 0, -this.#lines.length);
    cursorTo(this.#stream, 0);
    clearScreenDown(this.#stream);
  }
}
