// The flags of `ckpt inspect`: there are many, as a snapshot can be asked many things.
import { boolean, integer, string as text } from '@oclif/core/flags';
import { fromEnvironment } from './flags.js';

/** Views of their own, which leave no room for others. */
const VIEWS = ['state', 'uids', 'raw'];
const others = (view: string) => VIEWS.filter((other) => other !== view);

export const inspectFlags = fromEnvironment({
  files: boolean({ description: 'List every file that the snapshot references.' }),
  raw: boolean({
    exclusive: others('raw'),
    description: 'The whole decoded _metadata, field by field, as JSON.',
  }),
  top: integer({ min: 1, helpValue: 'N', description: 'Only the N largest operators.' }),
  operator: text({
    helpValue: 'NAME|UID|ID',
    description: 'Only the operators with this name, uid or id.',
  }),
  states: boolean({
    exclusive: VIEWS,
    description: 'Every state with kind, types, size and entries; reads the state files.',
  }),
  state: text({
    helpValue: 'NAME',
    exclusive: others('state'),
    description: 'The values of this state of the operator --uid, as lines KEY = VALUE.',
  }),
  key: text({
    helpValue: 'K',
    dependsOn: ['state'],
    description: 'Only the value of this key; reads its key group only.',
  }),
  uid: text({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'UID',
    description: 'A uid that an operator may have: names those of versions that recorded none. Repeatable.',
  }),
  uids: text({
    helpValue: 'FILE',
    exclusive: others('uids'),
    description:
      'The uids of a new job, one on each line (a tab and its parallelism behind it) or as JSON: which would find their state.',
  }),
  'max-parallelism': integer({
    min: 1,
    max: 32768,
    helpValue: 'N',
    dependsOn: ['uids'],
    description: 'The max parallelism that the new job sets for its operators.',
  }),
});
