package ckpt.peer;

import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;

/** The types that the command line can name. */
enum ValueType {
    STRING(Types.STRING),
    LONG(Types.LONG),
    INT(Types.INT),
    SHORT(Types.SHORT),
    BYTE(Types.BYTE),
    DOUBLE(Types.DOUBLE),
    FLOAT(Types.FLOAT),
    BOOLEAN(Types.BOOLEAN),
    CHAR(Types.CHAR),
    BYTES(PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO),
    TUPLE(Types.TUPLE(Types.STRING, Types.LONG));

    private final TypeInformation<?> information;

    ValueType(TypeInformation<?> information) {
        this.information = information;
    }

    static ValueType named(String name) {
        return valueOf(name.toUpperCase());
    }

    @SuppressWarnings("unchecked")
    TypeInformation<Object> information() {
        return (TypeInformation<Object>) information;
    }

    Object parse(String text) {
        return switch (this) {
            case STRING -> text;
            case LONG -> Long.valueOf(text);
            case INT -> Integer.valueOf(text);
            case SHORT -> Short.valueOf(text);
            case BYTE -> Byte.valueOf(text);
            case DOUBLE -> Double.valueOf(text);
            case FLOAT -> Float.valueOf(text);
            case BOOLEAN -> Boolean.valueOf(text);
            case CHAR -> text.charAt(0);
            default -> throw new IllegalArgumentException(this + " cannot be a key here");
        };
    }
}
