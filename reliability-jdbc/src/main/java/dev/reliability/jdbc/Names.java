package dev.reliability.jdbc;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the tables are called, and how statements are spelled with these names: <code>{items}</code>
 * in a template is the table of items, <code>{now}</code> the expression for the time, <code>{p}
 * </code> the prefix alone.
 */
record Names(Dialect dialect, @Nullable String schema, String prefix, String timeSql) {
  private static final Pattern PREFIX = Pattern.compile("[a-z][a-z0-9_]{0,39}");
  private static final Pattern SCHEMA = Pattern.compile("[a-z_][a-z0-9_]{0,62}");
  private static final Pattern HOLE = Pattern.compile("\\{([a-z]+)}");
  private static final List<String> OBJECTS =
      List.of(
          "meta",
          "items",
          "lanes",
          "runs",
          "docs",
          "events",
          "counters",
          "token",
          "open",
          "trial",
          "claim",
          "renew",
          "release",
          "complete");

  /** The prefix, if it can be the beginning of a table's name. */
  static String checkedPrefix(String prefix) {
    if (!PREFIX.matcher(prefix).matches()) {
      throw new IllegalArgumentException(
          "tablePrefix: expected a letter of a-z and up to 39 more of a-z, 0-9 and _, got \""
              + prefix
              + "\"");
    }
    return prefix;
  }

  /** The schema, if it can be one's name without quotes. */
  static String checkedSchema(String schema) {
    if (!SCHEMA.matcher(schema).matches()) {
      throw new IllegalArgumentException(
          "schema: expected one of a-z and _ and up to 62 more of a-z, 0-9 and _, got \""
              + schema
              + "\"");
    }
    return schema;
  }

  /** The full name of a table or sequence. */
  String of(String object) {
    return (schema == null ? "" : schema + ".") + prefix + object;
  }

  /** A template with the names in place. */
  String fill(String template) {
    return HOLE.matcher(template)
        .replaceAll(
            hole -> {
              String name = hole.group(1);
              if (OBJECTS.contains(name)) {
                return of(name);
              }
              return switch (name) {
                case "p" -> prefix;
                case "now" -> Matcher.quoteReplacement(timeSql);
                default -> throw new IllegalArgumentException("no such name: {" + name + "}");
              };
            });
  }

  /** For messages: where the tables are. */
  String where() {
    return dialect.title + " tables " + of("*");
  }
}
