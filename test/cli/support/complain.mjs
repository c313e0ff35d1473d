// Runs many command lines that must fail, one after the other in this one process, which is much faster than a process
// for each. Command lines: a JSON array of arrays as the only argument. Answers: a JSON array on stdout.
import { Config } from '@oclif/core/config';
import { run } from '@oclif/core/run';
import { toCkptError } from '../../../dist/cli/errors.js';
import { exitStatusOf } from '../../../dist/cli/exit-codes.js';
import { renderError } from '../../../dist/render/error.js';
import { PLAIN } from '../../../dist/render/palette.js';

const config = await Config.load(import.meta.url);
const complaints = [];
for (const args of JSON.parse(process.argv[2])) complaints.push(await complaintOf(args));
process.stdout.write(JSON.stringify(complaints));

async function complaintOf(args) {
  try {
    await run(args, config);
  } catch (thrown) {
    const error = toCkptError(thrown, config.commandIDs);
    const text = renderError(error, { palette: PLAIN, withStack: false });
    return { code: error.code, text, status: exitStatusOf(error) };
  }
  throw new Error(`ckpt ${args.join(' ')} did not fail`);
}
