package dev.reliability.ops.cli;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every verb takes. */
final class Common {
  private static final Path DIRECTORY = Path.of("reliability-data");

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      defaultValue = "reliability-data",
      description = "Where the journal and the stores are (default: ${DEFAULT-VALUE}).")
  Path directory = DIRECTORY;

  @Option(
      names = "--store",
      paramLabel = "URL",
      description = "The stores' address, jdbc:...; by default the SQLite file in DIR.")
  @Nullable String store;

  @Option(
      names = "--journal",
      paramLabel = "DIR",
      description = "The journal of another node, to be read as one with that of DIR; repeatable.")
  List<Path> journals = new ArrayList<>();

  @Option(
      names = "--events",
      description = "Read the store's table of events too; what stands in both counts once.")
  boolean events;

  @Option(
      names = "--now",
      paramLabel = "TIME",
      converter = Values.Time.class,
      description = "What time to take it for, for a report that is to come out the same again.")
  @Nullable Instant now;

  @Option(names = "--json", description = "Print one JSON document and nothing else.")
  boolean json;

  @Option(
      names = "--json-out",
      paramLabel = "FILE",
      description = "Write the JSON document into a file as well.")
  @Nullable Path jsonOut;

  /** What has to stand in a command that is to find the same: nothing if that is the default. */
  String whereabouts() {
    StringBuilder where = new StringBuilder();
    if (!directory.equals(DIRECTORY)) {
      where.append(" --dir ").append(quoted(directory.toString()));
    }
    return store == null ? where.toString() : where.append(" --store URL").toString();
  }

  private static String quoted(String word) {
    return word.matches("[A-Za-z0-9_./:=@%+,-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "What this verb does and takes.")
  boolean help;
}
