// The CheckpointProperties at the end of a file since version 4: a Java object stream with one object or null. Only what
// Flink itself writes is taken, to the last byte, so that nothing of it is lost in a rewrite. Source: Flink 2.3
// MetadataV4Serializer, CheckpointProperties, CheckpointType, SavepointType.
import type {
  CheckpointProperties,
  PostCheckpointAction,
  SavepointFormat,
  SharingFilesStrategy,
  SnapshotType,
} from '../../model/metadata.js';
import type { ByteReader } from '../bytes/byte-reader.js';
import { ByteWriter } from '../bytes/byte-writer.js';
import { readJavaStream } from './java-object-reader.js';
import { writeJavaStream } from './java-object-writer.js';
import type { JavaClass, JavaObject, JavaValue } from './java-objects.js';

const CHECKPOINT = 'org.apache.flink.runtime.checkpoint';

const FLAGS = [
  'discardCancelled',
  'discardFailed',
  'discardFinished',
  'discardSubsumed',
  'discardSuspended',
  'forced',
  'unclaimed',
] as const;
const SHARING: readonly SharingFilesStrategy[] = ['FORWARD_BACKWARD', 'FORWARD', 'NO_SHARING'];
const FORMATS: readonly SavepointFormat[] = ['CANONICAL', 'NATIVE'];
const ACTIONS: readonly PostCheckpointAction[] = ['NONE', 'SUSPEND', 'TERMINATE'];

const ENUM: JavaClass = enumClass('java.lang.Enum', null);
const SHARING_CLASS = enumClass(`${CHECKPOINT}.SnapshotType$SharingFilesStrategy`, ENUM);
const FORMAT_CLASS = enumClass('org.apache.flink.core.execution.SavepointFormatType', ENUM);
const ACTION_CLASS = enumClass(`${CHECKPOINT}.SavepointType$PostCheckpointAction`, ENUM);

const PROPERTIES_CLASS = objectClass(`${CHECKPOINT}.CheckpointProperties`, 2n, [
  ...FLAGS.map((name) => ({ name, type: null })),
  { name: 'checkpointType', type: typeName(`${CHECKPOINT}.SnapshotType`) },
]);
const CHECKPOINT_TYPE_CLASS = objectClass(`${CHECKPOINT}.CheckpointType`, -2963844630364414662n, [
  { name: 'name', type: typeName('java.lang.String') },
  { name: 'sharingFilesStrategy', type: typeName(SHARING_CLASS.name) },
]);
const SAVEPOINT_TYPE_CLASS = objectClass(`${CHECKPOINT}.SavepointType`, -6879297871714708296n, [
  { name: 'formatType', type: typeName(FORMAT_CLASS.name) },
  { name: 'name', type: typeName('java.lang.String') },
  { name: 'postCheckpointAction', type: typeName(ACTION_CLASS.name) },
]);

/** Reads the object stream; null where it holds null. */
export function readProperties(reader: ByteReader): CheckpointProperties | null {
  reader.enter('properties');
  const start = reader.offset;
  const value = readJavaStream(reader);
  const properties = value === null ? null : toProperties(value);
  const canonical = new ByteWriter();
  if (properties !== undefined) writeProperties(canonical, properties);
  if (properties === undefined || !reader.hasRead(canonical.take(), start)) {
    throw reader.error('not the CheckpointProperties of any known Flink', 'object', start);
  }
  reader.leave();
  return properties;
}

/** Writes the object stream that Flink would write. */
export function writeProperties(writer: ByteWriter, properties: CheckpointProperties | null): void {
  writeJavaStream(writer, properties === null ? null : fromProperties(properties));
}

function fromProperties(properties: CheckpointProperties): JavaObject {
  const fields = new Map<string, JavaValue>(FLAGS.map((flag) => [flag, properties[flag]]));
  fields.set('checkpointType', fromSnapshotType(properties.snapshotType));
  return { kind: 'object', javaClass: PROPERTIES_CLASS, fields };
}

function fromSnapshotType(type: SnapshotType): JavaObject {
  const fields = new Map<string, JavaValue>([['name', type.name]]);
  if (type.kind === 'checkpoint') {
    fields.set('sharingFilesStrategy', enumConstant(SHARING_CLASS, type.sharing));
    return { kind: 'object', javaClass: CHECKPOINT_TYPE_CLASS, fields };
  }
  fields.set('formatType', enumConstant(FORMAT_CLASS, type.format));
  fields.set('postCheckpointAction', enumConstant(ACTION_CLASS, type.postCheckpointAction));
  return { kind: 'object', javaClass: SAVEPOINT_TYPE_CLASS, fields };
}

/** Undefined where the value is something else. Classes are compared when the result is written back. */
function toProperties(value: JavaValue): CheckpointProperties | undefined {
  if (typeof value !== 'object' || value?.kind !== 'object') return undefined;
  const snapshotType = toSnapshotType(value.fields.get('checkpointType'));
  if (snapshotType === undefined) return undefined;
  const flag = (name: (typeof FLAGS)[number]) => value.fields.get(name) === true;
  return {
    snapshotType,
    forced: flag('forced'),
    unclaimed: flag('unclaimed'),
    discardSubsumed: flag('discardSubsumed'),
    discardFinished: flag('discardFinished'),
    discardCancelled: flag('discardCancelled'),
    discardFailed: flag('discardFailed'),
    discardSuspended: flag('discardSuspended'),
  };
}

function toSnapshotType(value: JavaValue | undefined): SnapshotType | undefined {
  if (typeof value !== 'object' || value?.kind !== 'object') return undefined;
  const name = value.fields.get('name');
  if (typeof name !== 'string') return undefined;
  const sharing = constantOf(value, 'sharingFilesStrategy', SHARING);
  if (sharing !== undefined) return { kind: 'checkpoint', name, sharing };
  const format = constantOf(value, 'formatType', FORMATS);
  const postCheckpointAction = constantOf(value, 'postCheckpointAction', ACTIONS);
  if (format === undefined || postCheckpointAction === undefined) return undefined;
  return { kind: 'savepoint', name, format, postCheckpointAction };
}

function constantOf<T extends string>(
  object: JavaObject,
  field: string,
  constants: readonly T[],
): T | undefined {
  const value = object.fields.get(field);
  if (typeof value !== 'object' || value?.kind !== 'enum') return undefined;
  return constants.find((constant) => constant === value.constant);
}

function enumConstant(javaClass: JavaClass, constant: string): JavaValue {
  return { kind: 'enum', javaClass, constant };
}

function enumClass(name: string, superClass: JavaClass | null): JavaClass {
  return { name, serialVersionUid: 0n, isEnum: true, fields: [], superClass };
}

function objectClass(name: string, serialVersionUid: bigint, fields: JavaClass['fields']): JavaClass {
  return { name, serialVersionUid, isEnum: false, fields, superClass: null };
}

function typeName(className: string): string {
  return `L${className.replaceAll('.', '/')};`;
}
