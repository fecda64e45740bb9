package dev.reliability.ops.outage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;

/** What happened, as it is told in docs/operations.md. Not thread-safe. */
final class Transcript {
  private static final String BEGIN = "<!-- transcript -->\n";
  private static final String END = "<!-- end of transcript -->";

  private final StringBuilder text = new StringBuilder();
  private long start;
  private boolean isInBlock;

  /** From here on times are counted. */
  void begin() {
    start = System.nanoTime();
  }

  /** What happens now, in words. */
  void says(String words) {
    block(false);
    text.append(at()).append(' ').append(words).append("\n");
  }

  /** A command of the operator's, and what it printed. */
  void typed(String command, String printed) {
    block(true);
    text.append("$ reliability ").append(command).append('\n').append(printed);
  }

  /** A picture. */
  void shows(String file, String words) {
    block(false);
    text.append("\n![").append(words).append("](images/").append(file).append(")\n\n");
  }

  private String at() {
    double seconds = Duration.ofNanos(System.nanoTime() - start).toMillis() / 1_000.0;
    return String.format(Locale.ROOT, "\n**+%.1f s.**", seconds);
  }

  private void block(boolean wanted) {
    if (isInBlock != wanted) {
      text.append(wanted ? "\n```\n" : "```\n");
      isInBlock = wanted;
    }
  }

  /** Puts it into a document, in the place of the last one. */
  void writeInto(Path document, Path directory) throws IOException {
    block(false);
    String cleaned = text.toString().replaceAll(Pattern.quote(directory.toString()), "/srv/fleet");
    String whole = Files.readString(document);
    int from = whole.indexOf(BEGIN) + BEGIN.length();
    Files.writeString(
        document, whole.substring(0, from) + cleaned + whole.substring(whole.indexOf(END)));
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
