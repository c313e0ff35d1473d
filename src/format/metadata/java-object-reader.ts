// Reads an object stream of java.io.ObjectOutputStream with back references. It knows no class of Flink's; any other kind
// of content than java-objects.ts names is an error.
import type { ByteReader } from '../bytes/byte-reader.js';
import {
  BOOLEAN,
  FIRST_HANDLE,
  type JavaClass,
  type JavaEnum,
  type JavaObject,
  type JavaValue,
  OBJECT,
  SC_ENUM,
  SC_SERIALIZABLE,
  STREAM_MAGIC,
  STREAM_VERSION,
  TC_CLASSDESC,
  TC_ENDBLOCKDATA,
  TC_ENUM,
  TC_NULL,
  TC_OBJECT,
  TC_REFERENCE,
  TC_STRING,
} from './java-objects.js';

/** Objects and classes within each other: real properties have three. */
const DEEPEST = 16;

//  +----------------+-------------------+---------+
//  | u16 magic ACED | u16 version 5     | content |
//  +----------------+-------------------+---------+
/** One stream with one object. Anything that CheckpointProperties does not take is an error. */
export function readJavaStream(reader: ByteReader): JavaValue {
  if (reader.u16('magic') !== STREAM_MAGIC) throw unexpected(reader, 'no Java object stream', 2);
  if (reader.u16('streamVersion') !== STREAM_VERSION) throw unexpected(reader, 'unknown stream version', 2);
  return new JavaObjectReader(reader).content();
}

/** Keeps what back references may name: strings, classes, enums and objects, numbered as they begin. */
class JavaObjectReader {
  readonly #reader: ByteReader;
  readonly #handles: (JavaValue | { readonly javaClass: JavaClass } | undefined)[] = [];
  #depth = 0;

  constructor(reader: ByteReader) {
    this.#reader = reader;
  }

  //  +---------+---------------------------------------------------------------------------------------+
  //  | u8 code | 70 null; 71 i32 handle; 74 utf; 7E class, string; 73 class, values of fields          |
  //  +---------+---------------------------------------------------------------------------------------+
  content(): JavaValue {
    const reader = this.#reader;
    const code = reader.u8('typeCode');
    if (code === TC_NULL) return null;
    if (code === TC_REFERENCE) return this.#referenced();
    if (code === TC_STRING) return this.#string();
    if (code === TC_ENUM) return this.#enum();
    if (code === TC_OBJECT) return this.#object();
    throw unexpected(reader, `unknown type code ${code}`, 1);
  }

  #referenced(): JavaValue {
    const found = this.#handles[this.#reader.i32('handle') - FIRST_HANDLE];
    if (typeof found === 'string') return found;
    if (typeof found === 'object' && found !== null && 'kind' in found) return found;
    throw unexpected(this.#reader, 'a reference to nothing that came before', 4);
  }

  #string(): string {
    const text = this.#reader.utf('string');
    this.#handles.push(text);
    return text;
  }

  #enum(): JavaEnum {
    const javaClass = this.#requiredClass();
    const handle = this.#handles.push(undefined) - 1;
    const constant = this.content();
    if (typeof constant !== 'string' || !javaClass.isEnum) throw unexpected(this.#reader, 'no enum constant');
    const value: JavaEnum = { kind: 'enum', javaClass, constant };
    this.#handles[handle] = value;
    return value;
  }

  #object(): JavaObject {
    this.#descend();
    const javaClass = this.#requiredClass();
    if (javaClass.isEnum || javaClass.superClass !== null) {
      throw unexpected(this.#reader, `an object of the unknown class ${javaClass.name}`);
    }
    const handle = this.#handles.push(undefined) - 1;
    const fields = new Map<string, JavaValue>();
    for (const { name, type } of javaClass.fields) {
      fields.set(name, type === null ? this.#reader.bool(name) : this.content());
    }
    const value: JavaObject = { kind: 'object', javaClass, fields };
    this.#handles[handle] = value;
    this.#depth--;
    return value;
  }

  #requiredClass(): JavaClass {
    const javaClass = this.#class();
    if (javaClass === null) throw unexpected(this.#reader, 'a value without a class');
    return javaClass;
  }

  //  +---------+----------+-----------+----------+---------------------+--------------+-------+
  //  | u8 72   | utf name | i64 uid   | u8 flags | u16 n, n * Field    | u8 78 end    | super |  or 70 null, 71 i32
  //  +---------+----------+-----------+----------+---------------------+--------------+-------+
  #class(): JavaClass | null {
    const reader = this.#reader;
    const code = reader.u8('classCode');
    if (code === TC_NULL) return null;
    if (code === TC_REFERENCE) return this.#referencedClass();
    if (code !== TC_CLASSDESC) throw unexpected(reader, `unknown class code ${code}`, 1);
    this.#descend();
    const name = reader.utf('className');
    const serialVersionUid = reader.i64('serialVersionUid');
    const handle = this.#handles.push(undefined) - 1;
    const flags = reader.u8('flags');
    if ((flags & ~SC_ENUM) !== SC_SERIALIZABLE) throw unexpected(reader, `unknown class flags ${flags}`, 1);
    const fields = Array.from({ length: reader.u16('fields') }, () => this.#field());
    if (reader.u8('annotation') !== TC_ENDBLOCKDATA) throw unexpected(reader, 'an annotated class', 1);
    const superClass = this.#class();
    const javaClass = { name, serialVersionUid, isEnum: (flags & SC_ENUM) !== 0, fields, superClass };
    this.#handles[handle] = { javaClass };
    this.#depth--;
    return javaClass;
  }

  //  +--------------------+----------+---------------------------+
  //  | u8 type, 'Z' or 'L' | utf name | 'L': string, class name   |
  //  +--------------------+----------+---------------------------+
  #field(): JavaClass['fields'][number] {
    const reader = this.#reader;
    const typeCode = reader.u8('fieldType');
    const name = reader.utf('fieldName');
    if (typeCode === BOOLEAN) return { name, type: null };
    const type = typeCode === OBJECT ? this.content() : null;
    if (typeof type !== 'string') throw unexpected(reader, `a field ${name} of an unknown type`);
    return { name, type };
  }

  #referencedClass(): JavaClass {
    const found = this.#handles[this.#reader.i32('handle') - FIRST_HANDLE];
    if (typeof found === 'object' && found !== null && !('kind' in found)) return found.javaClass;
    throw unexpected(this.#reader, 'a reference to no class that came before', 4);
  }

  #descend(): void {
    this.#depth++;
    if (this.#depth > DEEPEST) throw unexpected(this.#reader, `objects lie more than ${DEEPEST} deep`);
  }
}

function unexpected(reader: ByteReader, message: string, bytesBack = 0): Error {
  return reader.error(`${message} in the serialized properties`, 'object', reader.offset - bytesBack);
}
