// Files of JSON documents, one a line (NDJSON): text files whose lines are read as what they say.
import { JobError, messageOf } from '../../support/errors.js';
import type { Source, SourceOutput, SourceReader } from '../job/source.js';
import { readTextFile } from './text-file-source.js';
import type { TextFileSplit } from './text-file-split.js';

/** More of a line tells nobody anything. */
const SHOWN_CHARACTERS = 60;

/**
 * The documents of the file at `path`, or of all files of that directory, as {@link readTextFile} reads their lines; blank
 * lines are passed over. What they are the job has to look at. A line that is no JSON fails the job.
 */
export function readJsonLines(path: string): Source<unknown, TextFileSplit> {
  const lines = readTextFile(path);
  return { ...lines, createReader: (context) => parsing(lines.createReader(context), path) };
}

function parsing(
  lines: SourceReader<string, TextFileSplit>,
  path: string,
): SourceReader<unknown, TextFileSplit> {
  return {
    start: (splits) => lines.start(splits),
    poll: (output, limit) => lines.poll(parsed(output, path), limit),
    available: () => lines.available(),
    snapshotState: () => lines.snapshotState(),
    close: () => lines.close(),
  };
}

function parsed(output: SourceOutput<unknown>, path: string): SourceOutput<string> {
  return {
    collect: (line) => {
      if (line.trim() !== '') output.collect(parse(line, path));
    },
    emitWatermark: (timestampMs) => output.emitWatermark(timestampMs),
  };
}

function parse(line: string, path: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    const shown = line.length > SHOWN_CHARACTERS ? `${line.slice(0, SHOWN_CHARACTERS)}…` : line;
    throw new JobError(`a line of ${path} is no JSON: ${JSON.stringify(shown)} (${messageOf(cause)})`, {
      where: path,
      next: 'mend the line, or read the file with readTextFile and decide in the job what is left out',
      cause,
    });
  }
}
