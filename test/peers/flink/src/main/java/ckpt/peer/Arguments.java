package ckpt.peer;

import java.util.HashMap;
import java.util.Map;

/** {@code command PATH --name value ...} */
final class Arguments {
    private final String path;
    private final Map<String, String> options;

    private Arguments(String path, Map<String, String> options) {
        this.path = path;
        this.options = options;
    }

    static Arguments parse(String[] args) {
        String path = null;
        Map<String, String> options = new HashMap<>();
        for (int i = 1; i < args.length; i++) {
            if (!args[i].startsWith("--")) path = args[i];
            else if (i + 1 < args.length) options.put(args[i].substring(2), args[++i]);
            else throw new IllegalArgumentException(args[i] + " needs a value");
        }
        return new Arguments(path, options);
    }

    String path() {
        if (path == null) throw new IllegalArgumentException("a path is missing");
        return path;
    }

    String get(String name) {
        String value = options.get(name);
        if (value == null) throw new IllegalArgumentException("--" + name + " is missing");
        return value;
    }

    String get(String name, String otherwise) {
        return options.getOrDefault(name, otherwise);
    }
}
