package dev.reliability.examples;

import dev.reliability.core.store.StoredText;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The command line.
 *
 * @param help whether only the usage is asked for
 * @param directory where the journal goes
 * @param store where it is kept who works on what
 * @param lane the lane of the user's own command
 * @param item the item of the user's own command, if it was given a name
 * @param noOutput the no-output time-out, if given
 * @param idle the idle time-out, if given
 * @param hard the hard time-out, if given
 * @param command the user's own command; empty for the story
 */
record Options(
    boolean help,
    Path directory,
    String store,
    String lane,
    @Nullable String item,
    @Nullable Duration noOutput,
    @Nullable Duration idle,
    @Nullable Duration hard,
    List<String> command) {

  static final String MEMORY = "memory";
  static final String SQLITE = "sqlite";

  static final String USAGE =
      """
      Usage: main [options]               tells the story: workers that go wrong in every way, supervised
             main [options] -- COMMAND    supervises your own command

        --no-output DURATION   from the start to the first line on standard output  (default 12m)
        --idle DURATION        from the last line to the closing of the input       (default 5m)
        --hard DURATION        from the start to the end                            (default 30m)
        --lane NAME            the lane of your command                             (default own)
        --item NAME            the item of your command: what has a name is done once (default a new one)
        --dir DIRECTORY        where the journal and the SQLite file go             (default ./reliability-data)
        --store STORE          memory, sqlite or jdbc:postgresql://...              (default sqlite)
        --help                 this text

      Your command's standard output and error are shown line by line, as they are; its standard input is a pipe
      into which nothing is written and that is closed when it idles.

      DURATION is like 500ms, 90s, 30m, 1h or PT1H30M. The story has time-outs of its own, scaled to seconds.
      Exit codes: 0 all went as it should (your command: success), 1 it did not, 2 usage or bad input.
      """;

  private static final int LONGEST_NAME = 200;
  private static final String OWN_LANE = "own";
  private static final Pattern SIMPLE = Pattern.compile("(-?\\d{1,12})(ms|s|m|h)");

  static Options parse(List<String> arguments) {
    Path directory = Path.of("reliability-data");
    String store = SQLITE;
    String lane = OWN_LANE;
    String item = null;
    Duration noOutput = null;
    Duration idle = null;
    Duration hard = null;
    List<String> command = List.of();
    boolean help = false;
    boolean ownCommand = false;
    Iterator<String> rest = arguments.iterator();
    int used = 0;
    while (rest.hasNext() && !ownCommand) {
      String argument = rest.next();
      used++;
      switch (argument) {
        case "--help", "-h" -> help = true;
        case "--" -> ownCommand = true;
        case "--no-output" -> noOutput = duration(argument, value(argument, rest));
        case "--idle" -> idle = duration(argument, value(argument, rest));
        case "--hard" -> hard = duration(argument, value(argument, rest));
        case "--lane" -> lane = name(argument, value(argument, rest));
        case "--item" -> item = name(argument, value(argument, rest));
        case "--store" -> store = store(value(argument, rest));
        case "--dir" -> directory = path(value(argument, rest));
        default ->
            throw new UsageException(
                "unknown argument \""
                    + argument
                    + "\": expected an option or -- before your command; see --help");
      }
      if (argument.startsWith("--") && !argument.equals("--") && !argument.equals("--help")) {
        used++;
      }
    }
    if (ownCommand) {
      command = List.copyOf(arguments.subList(used, arguments.size()));
      if (command.isEmpty() || command.get(0).isBlank()) {
        throw new UsageException("command: expected a program after --, got nothing");
      }
    }
    if (!ownCommand && !help && (noOutput != null || idle != null || hard != null)) {
      throw new UsageException(
          "--no-output, --idle and --hard are for your own command: expected -- and a command after them");
    }
    if (!ownCommand && !help && (item != null || !lane.equals(OWN_LANE))) {
      throw new UsageException(
          "--lane and --item are for your own command: expected -- and a command after them");
    }
    return new Options(help, directory, store, lane, item, noOutput, idle, hard, command);
  }

  private static String value(String option, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw new UsageException(option + ": expected a value after it, got nothing");
    }
    return rest.next();
  }

  private static String name(String option, String text) {
    if (text.isBlank()
        || text.length() > LONGEST_NAME
        || text.getBytes(StandardCharsets.UTF_8).length > StoredText.LONGEST_NAME
        || !text.chars().allMatch(Options::isPlain)) {
      throw new UsageException(
          option
              + ": expected a name of 1 to "
              + LONGEST_NAME
              + " printable characters, "
              + StoredText.LONGEST_NAME
              + " bytes in UTF-8, got \""
              + (text.length() > LONGEST_NAME ? text.substring(0, LONGEST_NAME) + "..." : text)
              + "\"");
    }
    return text;
  }

  private static String store(String text) {
    if (text.equals(MEMORY)
        || text.equals(SQLITE)
        || text.startsWith("jdbc:postgresql:")
        || text.startsWith("jdbc:sqlite:")) {
      return text;
    }
    throw new UsageException(
        "--store: expected memory, sqlite, jdbc:postgresql:... or jdbc:sqlite:..., got \""
            + text
            + "\"");
  }

  /** Neither a control character nor one that turns the writing around. */
  private static boolean isPlain(int character) {
    int type = Character.getType(character);
    return type != Character.CONTROL && type != Character.FORMAT;
  }

  private static Path path(String text) {
    if (text.isBlank()) {
      throw new UsageException("--dir: expected a directory, got \"" + text + "\"");
    }
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new UsageException("--dir: expected a directory, got \"" + text + "\"");
    }
  }

  static Duration duration(String option, String text) {
    Duration value;
    Matcher simple = SIMPLE.matcher(text.toLowerCase(Locale.ROOT));
    if (simple.matches()) {
      long amount = Long.parseLong(simple.group(1));
      value =
          switch (simple.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
          };
    } else {
      try {
        value = Duration.parse(text);
      } catch (DateTimeParseException e) {
        throw new UsageException(
            option + ": expected a duration like 500ms, 90s, 30m or PT1H, got \"" + text + "\"");
      }
    }
    if (value.isNegative() || value.isZero()) {
      throw new UsageException(option + ": expected a positive duration, got \"" + text + "\"");
    }
    return value;
  }
}
