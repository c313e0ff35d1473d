// The values and the marks of Java's object serialization (java.io.ObjectStreamConstants), as much as
// CheckpointProperties takes: objects of booleans, strings, enums and objects.
export const STREAM_MAGIC = 0xaced;
export const STREAM_VERSION = 5;
export const FIRST_HANDLE = 0x7e0000;

export const TC_NULL = 0x70;
export const TC_REFERENCE = 0x71;
export const TC_CLASSDESC = 0x72;
export const TC_OBJECT = 0x73;
export const TC_STRING = 0x74;
export const TC_ENDBLOCKDATA = 0x78;
export const TC_ENUM = 0x7e;

export const SC_SERIALIZABLE = 0x02;
export const SC_ENUM = 0x10;
export const BOOLEAN = 'Z'.charCodeAt(0);
export const OBJECT = 'L'.charCodeAt(0);

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
