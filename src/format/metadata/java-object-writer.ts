// Writes an object stream as java.io.ObjectOutputStream does, the mirror of java-object-reader.ts.
import type { ByteWriter } from '../bytes/byte-writer.js';
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

/** Writes one stream with one object, as ObjectOutputStream does. */
export function writeJavaStream(writer: ByteWriter, value: JavaValue): void {
  writer.u8(STREAM_MAGIC >> 8);
  writer.u8(STREAM_MAGIC & 0xff);
  writer.i16(STREAM_VERSION);
  new JavaObjectWriter(writer).content(value);
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
