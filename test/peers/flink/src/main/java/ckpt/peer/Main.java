package ckpt.peer;

import java.util.Map;

/** Real Flink reads what ckpt wrote. Each command prints one JSON document; a failure is one line and exit status 1. */
public final class Main {
    private interface Command {
        Object run(Arguments arguments) throws Exception;
    }

    private static final Map<String, Command> COMMANDS =
            Map.of(
                    "metadata", MetadataCommand::run,
                    "keyed-state", KeyedStateCommand::run,
                    "operator-state", OperatorStateCommand::run,
                    "restore", RestoreCommand::run,
                    "serializers", arguments -> SerializersCommand.run());

    private Main() {}

    public static void main(String[] args) {
        Command command = args.length == 0 ? null : COMMANDS.get(args[0]);
        if (command == null) {
            System.err.println("usage: one of " + String.join(", ", COMMANDS.keySet()) + " and its arguments");
            System.exit(2);
        }
        try {
            System.out.println(Json.print(command.run(Arguments.parse(args))));
            System.out.flush();
            System.exit(0);
        } catch (Throwable failure) {
            if (System.getenv("CKPT_PEER_TRACE") != null) failure.printStackTrace();
            System.err.println(reasonOf(failure));
            System.exit(1);
        }
    }

    /** The innermost cause: Flink wraps it many times. */
    private static String reasonOf(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && cause.getCause() != cause) cause = cause.getCause();
        return String.valueOf(cause).replaceAll("\\s+", " ");
    }
}
