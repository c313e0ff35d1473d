import { BaseCommand } from '../cli/base-command.js';
import { describe } from '../cli/exit-codes.js';
import { storageFlags } from '../cli/flags.js';

const DESCRIPTION = `\
Every setting of the stores with its value and what has set it. The first of these that says something counts: the flag,
the environment, ckpt.yaml in the working directory, Flink's configuration (--flink-conf, FLINK_CONF_DIR), the default.

Keys, tokens and secrets are named, and never shown. What is not set, the AWS SDK and Hadoop's configuration may have
from their own files.`;

export default class Config extends BaseCommand {
  static override summary = 'Show the settings and where each is from.';
  static override description = describe(DESCRIPTION);
  static override examples = [
    { description: 'What counts here', command: '<%= config.bin %> config' },
    {
      description: "What Flink's configuration says of its stores",
      command: '<%= config.bin %> config --flink-conf /opt/flink/conf',
    },
    {
      description: 'The region that is used',
      command: `<%= config.bin %> config --json | jq -r '.settings[] | select(.name == "s3-region") | .value'`,
    },
  ];
  static override flags = { ...storageFlags };

  async run(): Promise<void> {
    const { flags } = await this.parse(Config);
    const settings = Object.values(this.settings);
    await this.show(flags, {
      document: async () => (await import('../render/config.js')).configDocument(settings),
      text: async (look) => (await import('../render/config.js')).renderConfig(settings, look),
    });
  }
}
