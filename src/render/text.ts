// Text from files on its way to a terminal.

// Control characters, and the marks that turn the direction of what follows.
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\u200e\u200f]/gu;

/** Control characters written as escapes, so that a name from a file can neither move the cursor nor hide. */
export function visible(text: string): string {
  return text.replace(UNSAFE, escaped);
}

function escaped(character: string): string {
  const code = character.codePointAt(0)!;
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** At most `width` characters: the middle gives way, as the ends of paths and ids tell them apart. */
export function shorten(text: string, width: number): string {
  if (text.length <= width) return text;
  const characters = [...text];
  if (characters.length <= width) return text;
  const tail = Math.floor((width - 1) / 2);
  const end = tail === 0 ? [] : characters.slice(-tail);
  return `${characters.slice(0, width - 1 - tail).join('')}…${end.join('')}`;
}
