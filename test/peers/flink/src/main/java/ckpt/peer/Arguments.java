package ckpt.peer;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@code PATH --name value ...} */
final class Arguments {
    private final String path;
    private final Map<String, String> options;

    private Arguments(String path, Map<String, String> options) {
        this.path = path;
        this.options = options;
    }

    static Arguments parse(List<String> words) {
        String path = null;
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (!word.startsWith("--")) path = word;
            else if (i + 1 < words.size()) options.put(word.substring(2), words.get(++i));
            else throw new IllegalArgumentException(word + " needs a value");
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
