// "Did you mean": the nearest of a few known words.

/** The known word with the fewest edits from `typed`, or undefined where none is near. The first wins a tie. */
export function nearest(typed: string, known: readonly string[]): string | undefined {
  // Two letters that changed places are two edits.
  const limit = typed.length < 3 ? 1 : Math.max(2, Math.floor(typed.length / 3));
  let best: { readonly word: string; readonly edits: number } | undefined;
  for (const word of known) {
    const edits = editDistance(typed, word);
    if (edits <= limit && (best === undefined || edits < best.edits)) best = { word, edits };
  }
  return best?.word;
}

/** Levenshtein's distance: insertions, deletions and replacements, one row of the table at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
