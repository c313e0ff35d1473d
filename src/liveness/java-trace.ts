// Java's stack traces, in which clusters tell what went wrong.

/** What the last cause says, without its class. */
export function reasonIn(trace: string): string {
  const lines = trace.split('\n').filter((line) => line !== '' && !/^\s+at |^\s*\.\.\. \d+ more/.test(line));
  const cause = lines.findLast((line) => line.startsWith('Caused by: ')) ?? lines[0] ?? '';
  return cause
    .replace(/^Caused by: /, '')
    .replace(/^(?:[\w$]+\.)+[\w$]+(?:Exception|Error): /, '')
    .trim();
}
