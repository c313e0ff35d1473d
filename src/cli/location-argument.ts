// The locations that a command takes, any number of them.
import { string } from '@oclif/core/args';

/** With `what` they are for: "Where to look". None given stands for the checkpoint directory of the settings. */
export function locationArgument(what: string) {
  return string({
    multiple: true,
    ignoreStdin: true,
    description: `${what}; the checkpoint directory of the settings where not given.`,
  });
}
