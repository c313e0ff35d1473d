// Few prefixes in place of many names.

/**
 * The fewest prefixes that together begin all of `names` and none of `others`: `chk-2/ chk-30/ chk-31/` beside `chk-1/`
 * gives `chk-2/ chk-3`. No name may begin another.
 */
export function coveringPrefixes(names: readonly string[], others: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  const prefix = commonPrefix(names);
  const near = others.filter((other) => other.startsWith(prefix));
  if (near.length === 0) return [prefix];
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const character = String.fromCodePoint(name.codePointAt(prefix.length) ?? 0);
    const group = groups.get(character);
    if (group === undefined) groups.set(character, [name]);
    else group.push(name);
  }
  return [...groups.values()].flatMap((group) => coveringPrefixes(group, near));
}

/** Does not end in half a character. */
function commonPrefix(names: readonly string[]): string {
  const first = names[0]!;
  let length = first.length;
  for (const name of names) {
    while (!name.startsWith(first.slice(0, length))) length--;
  }
  return /[\ud800-\udbff]$/.test(first.slice(0, length))
    ? first.slice(0, length - 1)
    : first.slice(0, length);
}
