import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { LiveScreen } from '../../src/cli/live-screen.js';

/** What a terminal of so many rows has got: upward moves as `^n`, a cleared rest as `$`. */
function screenOf(rows: number) {
  const stream = new PassThrough();
  const screen = new LiveScreen(Object.assign(stream, { rows }) as unknown as NodeJS.WriteStream);
  const written = () =>
    String(stream.read() ?? '')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked at
      .replaceAll(/\u001b\[(\d+)A/g, '^$1')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked at
      .replaceAll(/\u001b\[1G\u001b\[0J/g, '$');
  return { screen, written, say: (text: string) => screen.aside(() => stream.write(text)) };
}

it('draws its lines anew in their place, and lets others pass above them', () => {
  const { screen, written, say } = screenOf(24);
  say('started\n');
  screen.show(['a', 'b']);
  screen.show(['c']);
  say('checkpoint 1\n');
  screen.end();
  say('finished\n');
  expect(written()).toBe('started\na\nb\n^2$c\n^1$checkpoint 1\nc\nfinished\n');
});

it('draws no more lines than the terminal has, as the cursor could not come back', () => {
  const { screen, written } = screenOf(3);
  screen.show(['a', 'b', 'c', 'd']);
  screen.show([]);
  expect(written()).toBe('a\nb\n^2$');
});
