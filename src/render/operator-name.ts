// What an operator is called in a line of text.

/** Its name, else its uid, else its id. */
export function nameOf(operator: {
  readonly id: string;
  readonly name: string | null;
  readonly uid: string | null;
}): string {
  return operator.name ?? operator.uid ?? operator.id;
}
