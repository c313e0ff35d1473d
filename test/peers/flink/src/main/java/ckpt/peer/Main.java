package ckpt.peer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Real Flink reads what ckpt wrote. Each command prints one JSON document on a line; a failure is one line and exit
 * status 1. Commands are separated by {@code then}: they share the start of the JVM.
 */
public final class Main {
    private interface Command {
        Object run(Arguments arguments) throws Exception;
    }

    private static final Map<String, Command> COMMANDS =
            Map.ofEntries(
                    Map.entry("cluster", ClusterCommand::run),
                    Map.entry("documents", DocumentsCommand::run),
                    Map.entry("keyed-count", KeyedCountCommand::run),
                    Map.entry("keyed-state", KeyedStateCommand::run),
                    Map.entry("load", LoadCommand::run),
                    Map.entry("metadata", MetadataCommand::run),
                    Map.entry("operator-state", OperatorStateCommand::run),
                    Map.entry("restore", RestoreCommand::run),
                    Map.entry("restore-every", EveryStateCommands::restore),
                    Map.entry("serializers", arguments -> SerializersCommand.run()),
                    Map.entry("steady-load", SteadyLoadCommand::run),
                    Map.entry("take-every", EveryStateCommands::take));

    private Main() {}

    public static void main(String[] args) {
        try {
            for (List<String> words : commandsIn(args)) {
                Command command = words.isEmpty() ? null : COMMANDS.get(words.get(0));
                if (command == null) throw new IllegalArgumentException("a command is one of " + COMMANDS.keySet());
                System.out.println(Json.print(command.run(Arguments.parse(words.subList(1, words.size())))));
            }
            System.out.flush();
            // Flink leaves threads behind.
            System.exit(0);
        } catch (Throwable failure) {
            if (System.getenv("CKPT_PEER_TRACE") != null) failure.printStackTrace();
            System.err.println(reasonOf(failure));
            System.exit(1);
        }
    }

    private static List<List<String>> commandsIn(String[] args) {
        List<List<String>> commands = new ArrayList<>(List.of(new ArrayList<>()));
        for (String word : args) {
            if (word.equals("then")) commands.add(new ArrayList<>());
            else commands.get(commands.size() - 1).add(word);
        }
        return commands;
    }

    /** The innermost cause: Flink wraps it many times. */
    private static String reasonOf(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && cause.getCause() != cause) cause = cause.getCause();
        return String.valueOf(cause).replaceAll("\\s+", " ");
    }
}
