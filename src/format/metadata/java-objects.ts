// As much of Java's object serialization (java.io.ObjectStreamConstants) as CheckpointProperties takes: objects of
// booleans, strings, enums and objects, with back references. It knows no class of Flink's.
import type { ByteReader } from '../bytes/byte-reader.js';
import type { ByteWriter } from '../bytes/byte-writer.js';

const STREAM_MAGIC = 0xaced;
const STREAM_VERSION = 5;
const FIRST_HANDLE = 0x7e0000;
const DEEPEST = 16;

const TC_NULL = 0x70;
const TC_REFERENCE = 0x71;
const TC_CLASSDESC = 0x72;
const TC_OBJECT = 0x73;
const TC_STRING = 0x74;
const TC_ENDBLOCKDATA = 0x78;
const TC_ENUM = 0x7e;

const SC_SERIALIZABLE = 0x02;
const SC_ENUM = 0x10;
const BOOLEAN = 'Z'.charCodeAt(0);
const OBJECT = 'L'.charCodeAt(0);

/** A class as a stream describes it. Fields in the order of the stream; `type` is null for a boolean. */
export interface JavaClass {
  readonly name: string;
  readonly serialVersionUid: bigint;
  readonly isEnum: boolean;
  readonly fields: readonly { readonly name: string; readonly type: string | null }[];
  readonly superClass: JavaClass | null;
}

export type JavaValue = null | boolean | string | JavaEnum | JavaObject;

export interface JavaEnum {
  readonly kind: 'enum';
  readonly javaClass: JavaClass;
  readonly constant: string;
}

export interface JavaObject {
  readonly kind: 'object';
  readonly javaClass: JavaClass;
  readonly fields: ReadonlyMap<string, JavaValue>;
}

//  +----------------+-------------------+---------+
//  | u16 magic ACED | u16 version 5     | content |
//  +----------------+-------------------+---------+
/** One stream with one object. Anything that CheckpointProperties does not take is an error. */
export function readJavaStream(reader: ByteReader): JavaValue {
  if (reader.u16('magic') !== STREAM_MAGIC) throw unexpected(reader, 'no Java object stream', 2);
  if (reader.u16('streamVersion') !== STREAM_VERSION) throw unexpected(reader, 'unknown stream version', 2);
  return new JavaObjectReader(reader).content();
}

/** Writes one stream with one object, as ObjectOutputStream does. */
export function writeJavaStream(writer: ByteWriter, value: JavaValue): void {
  writer.u8(STREAM_MAGIC >> 8);
  writer.u8(STREAM_MAGIC & 0xff);
  writer.i16(STREAM_VERSION);
  new JavaObjectWriter(writer).content(value);
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

/** Numbers what it writes as the reader does. Names of types and classes are shared; other strings stand alone. */
class JavaObjectWriter {
  readonly #writer: ByteWriter;
  readonly #classes = new Map<JavaClass, number>();
  readonly #types = new Map<string, number>();
  #nextHandle = FIRST_HANDLE;

  constructor(writer: ByteWriter) {
    this.#writer = writer;
  }

  content(value: JavaValue): void {
    if (value === null) this.#writer.u8(TC_NULL);
    else if (typeof value === 'boolean') this.#writer.bool(value);
    else if (typeof value === 'string') this.#string(value);
    else this.#instance(value);
  }

  #instance(value: JavaEnum | JavaObject): void {
    this.#writer.u8(value.kind === 'enum' ? TC_ENUM : TC_OBJECT);
    this.#class(value.javaClass);
    this.#nextHandle++;
    if (value.kind === 'enum') this.#string(value.constant);
    else for (const field of value.javaClass.fields) this.content(value.fields.get(field.name) ?? null);
  }

  #string(text: string): void {
    this.#writer.u8(TC_STRING);
    this.#writer.utf(text);
    this.#nextHandle++;
  }

  #class(javaClass: JavaClass | null): void {
    const known = javaClass === null ? undefined : this.#classes.get(javaClass);
    if (javaClass === null) this.#writer.u8(TC_NULL);
    else if (known === undefined) this.#newClass(javaClass);
    else this.#reference(known);
  }

  #newClass(javaClass: JavaClass): void {
    const writer = this.#writer;
    this.#classes.set(javaClass, this.#nextHandle++);
    writer.u8(TC_CLASSDESC);
    writer.utf(javaClass.name);
    writer.i64(javaClass.serialVersionUid);
    writer.u8(javaClass.isEnum ? SC_SERIALIZABLE | SC_ENUM : SC_SERIALIZABLE);
    writer.i16(javaClass.fields.length);
    for (const { name, type } of javaClass.fields) this.#field(name, type);
    writer.u8(TC_ENDBLOCKDATA);
    this.#class(javaClass.superClass);
  }

  #field(name: string, type: string | null): void {
    this.#writer.u8(type === null ? BOOLEAN : OBJECT);
    this.#writer.utf(name);
    if (type === null) return;
    const known = this.#types.get(type);
    if (known === undefined) {
      this.#types.set(type, this.#nextHandle);
      this.#string(type);
    } else {
      this.#reference(known);
    }
  }

  #reference(handle: number): void {
    this.#writer.u8(TC_REFERENCE);
    this.#writer.i32(handle);
  }
}

function unexpected(reader: ByteReader, message: string, bytesBack = 0): Error {
  return reader.error(`${message} in the serialized properties`, 'object', reader.offset - bytesBack);
}
