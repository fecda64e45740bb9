package dev.reliability.journal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is in a part that is finished: so that who looks for another time need not read it. It
 * stands beside the part, and is believed only while the part is as long as it says.
 *
 * @param bytes how long the part is
 * @param firstSeq of its first event
 * @param lastSeq of its last event
 * @param firstMillis the time of its first event
 * @param lastMillis the time of its last event
 * @param leastMillis the earliest time in it
 * @param mostMillis the latest time in it
 */
record PartSummary(
    long bytes,
    long firstSeq,
    long lastSeq,
    long firstMillis,
    long lastMillis,
    long leastMillis,
    long mostMillis) {
  private static final String SUFFIX = ".summary";
  private static final int LONGEST = 512;
  private static final Pattern LINE =
      Pattern.compile(
          "\\{\"v\":1,\"bytes\":(\\d{1,18}),\"first_seq\":(\\d{1,18}),\"last_seq\":(\\d{1,18}),"
              + "\"first_ms\":(-?\\d{1,18}),\"last_ms\":(-?\\d{1,18}),"
              + "\"least_ms\":(-?\\d{1,18}),\"most_ms\":(-?\\d{1,18})}\n");

  /** Where the summary of a part stands. */
  static Path of(Path part) {
    return part.resolveSibling(part.getFileName() + SUFFIX);
  }

  /** Which part a file is the summary of, by its name; null if it is none. */
  static @Nullable Path partOf(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.endsWith(SUFFIX)
        ? file.resolveSibling(name.substring(0, name.length() - SUFFIX.length()))
        : null;
  }

  /** The summary of a part; null if there is none, or none that fits. */
  static @Nullable PartSummary read(Path part) {
    try {
      Path file = of(part);
      if (Files.size(file) > LONGEST) {
        return null;
      }
      PartSummary found = parse(Files.readString(file, StandardCharsets.UTF_8));
      return found != null && found.bytes == Files.size(part) ? found : null;
    } catch (IOException e) {
      return null; // then the part itself is read
    }
  }

  /** The summary that a text is; null if it is none. */
  static @Nullable PartSummary parse(String text) {
    Matcher matcher = LINE.matcher(text);
    return matcher.matches()
        ? new PartSummary(
            number(matcher, 1),
            number(matcher, 2),
            number(matcher, 3),
            number(matcher, 4),
            number(matcher, 5),
            number(matcher, 6),
            number(matcher, 7))
        : null;
  }

  private static long number(Matcher matcher, int group) {
    return Long.parseLong(matcher.group(group));
  }

  /** As {@link #parse} reads it. */
  String spell() {
    return "{\"v\":1,\"bytes\":"
        + bytes
        + ",\"first_seq\":"
        + firstSeq
        + ",\"last_seq\":"
        + lastSeq
        + ",\"first_ms\":"
        + firstMillis
        + ",\"last_ms\":"
        + lastMillis
        + ",\"least_ms\":"
        + leastMillis
        + ",\"most_ms\":"
        + mostMillis
        + "}\n";
  }

  /** Counts what goes into a part. Not thread-safe. */
  static final class Tally {
    private long firstSeq;
    private long lastSeq;
    private long firstMillis;
    private long lastMillis;
    private long leastMillis = Long.MAX_VALUE;
    private long mostMillis = Long.MIN_VALUE;
    private boolean any;
    private boolean spoilt;

    /** One more event. */
    void add(long seq, long millis) {
      if (!any) {
        any = true;
        firstSeq = seq;
        firstMillis = millis;
      } else {
        spoilt |= seq != lastSeq + 1; // a gap is to be found by who reads the part
      }
      lastSeq = seq;
      lastMillis = millis;
      leastMillis = Math.min(leastMillis, millis);
      mostMillis = Math.max(mostMillis, millis);
    }

    /** Something is in the part that is no event, or is not: whoever wants to know reads it. */
    void spoil() {
      spoilt = true;
    }

    /** What is in a part of so many bytes; null if it has to be read. */
    @Nullable PartSummary summary(long bytes) {
      return any && !spoilt
          ? new PartSummary(
              bytes, firstSeq, lastSeq, firstMillis, lastMillis, leastMillis, mostMillis)
          : null;
    }
  }
}
