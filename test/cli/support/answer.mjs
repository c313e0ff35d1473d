// Runs many command lines with --json, one after the other in this one process, which is much faster than a process for
// each. Command lines: a JSON array of arrays as the only argument. Answers: a JSON array on stdout.
import { Config } from '@oclif/core/config';
import { run } from '@oclif/core/run';

const config = await Config.load(import.meta.url);
const write = process.stdout.write.bind(process.stdout);
const answers = [];
for (const args of JSON.parse(process.argv[2])) answers.push(await answerTo([...args, '--json']));
write(JSON.stringify(answers));

async function answerTo(args) {
  let text = '';
  process.stdout.write = (chunk) => {
    text += chunk;
    return true;
  };
  try {
    await run(args, config);
  } catch (thrown) {
    if (thrown.code !== 'EEXIT') throw thrown;
  } finally {
    process.stdout.write = write;
  }
  return JSON.parse(text);
}
