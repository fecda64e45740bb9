package dev.reliability.journal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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
 * @param blocks what is in pieces of it, in their order; none if that is not known
 */
record PartSummary(
    long bytes,
    long firstSeq,
    long lastSeq,
    long firstMillis,
    long lastMillis,
    long leastMillis,
    long mostMillis,
    List<Block> blocks) {
  private static final String SUFFIX = ".summary";
  private static final int LONGEST = 64 * 1024;
  private static final Pattern LINE =
      Pattern.compile(
          "\\{\"v\":1,\"bytes\":(\\d{1,18}),\"first_seq\":(\\d{1,18}),\"last_seq\":(\\d{1,18}),"
              + "\"first_ms\":(-?\\d{1,18}),\"last_ms\":(-?\\d{1,18}),"
              + "\"least_ms\":(-?\\d{1,18}),\"most_ms\":(-?\\d{1,18})"
              + "(?:,\"blocks\":\\[([-0-9,\\[\\]]*)])?}\n");

  private static final String NUMBER = "(-?\\d{1,18})";
  private static final Pattern BLOCK =
      Pattern.compile("\\[" + String.join(",", Collections.nCopies(6, NUMBER)) + "]");

  /**
   * Some lines of a part that follow each other.
   *
   * @param bytes how long they are
   * @param lines how many they are
   * @param lastSeq of the last event
   * @param lastMillis the time of the last event
   * @param leastMillis the earliest time
   * @param mostMillis the latest time
   */
  record Block(
      long bytes, long lines, long lastSeq, long lastMillis, long leastMillis, long mostMillis) {
    private Block and(Block next) {
      return new Block(
          bytes + next.bytes,
          lines + next.lines,
          next.lastSeq,
          next.lastMillis,
          Math.min(leastMillis, next.leastMillis),
          Math.max(mostMillis, next.mostMillis));
    }

    private String spell() {
      return "["
          + bytes
          + ","
          + lines
          + ","
          + lastSeq
          + ","
          + lastMillis
          + ","
          + leastMillis
          + ","
          + mostMillis
          + "]";
    }
  }

  /**
   * Lines of a part that are all read, or all passed over.
   *
   * @param isRead whether they are read; if so, nothing is known of their events
   * @param offset where they begin
   * @param bytes how long they are at most
   * @param firstLine the number of the first line
   * @param epoch of their events
   * @param firstSeq of the first event
   * @param lastSeq of the last event
   * @param lastMillis the time of the last event
   */
  record Stretch(
      boolean isRead,
      long offset,
      long bytes,
      long firstLine,
      String epoch,
      long firstSeq,
      long lastSeq,
      long lastMillis) {
    /** A whole part. */
    static final Stretch ALL = new Stretch(true, 0, Long.MAX_VALUE, 1, "", 0, 0, 0);
  }

  /** What a part is asked: whether something between two times is wanted. */
  @FunctionalInterface
  interface Wanted {
    boolean isWanted(long leastMillis, long mostMillis);
  }

  /** The part as what is to be read of it and what is not. */
  List<Stretch> stretches(String epoch, Wanted wanted) {
    List<Block> all =
        blocks.isEmpty() || !wanted.isWanted(leastMillis, mostMillis)
            ? List.of(new Block(bytes, 0, lastSeq, lastMillis, leastMillis, mostMillis))
            : blocks;
    List<Stretch> stretches = new ArrayList<>();
    long offset = 0;
    long line = 1;
    long seq = firstSeq;
    for (int i = 0; i < all.size(); i++) {
      Block block = all.get(i);
      boolean isRead = wanted.isWanted(block.leastMillis, block.mostMillis);
      while (i + 1 < all.size()
          && wanted.isWanted(all.get(i + 1).leastMillis, all.get(i + 1).mostMillis) == isRead) {
        block = block.and(all.get(++i));
      }
      stretches.add(
          new Stretch(
              isRead, offset, block.bytes, line, epoch, seq, block.lastSeq, block.lastMillis));
      offset += block.bytes;
      line += block.lines;
      seq = block.lastSeq + 1;
    }
    return stretches;
  }

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
            number(matcher, 7),
            blocks(matcher.group(8), number(matcher, 1)))
        : null;
  }

  /** The blocks that a text is; none if it is not as long as the part. */
  private static List<Block> blocks(@Nullable String text, long bytes) {
    List<Block> blocks = new ArrayList<>();
    long sum = 0;
    if (text != null) {
      Matcher matcher = BLOCK.matcher(text);
      while (matcher.find()) {
        blocks.add(
            new Block(
                number(matcher, 1),
                number(matcher, 2),
                number(matcher, 3),
                number(matcher, 4),
                number(matcher, 5),
                number(matcher, 6)));
        sum += number(matcher, 1);
      }
    }
    return sum == bytes ? blocks : List.of();
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
        + ",\"blocks\":["
        + blocks.stream().map(Block::spell).collect(Collectors.joining(","))
        + "]}\n";
  }

  /** Counts what goes into a part. Not thread-safe. */
  static final class Tally {
    private static final int FIRST_BLOCK = 256 * 1024;
    private static final int MOST_BLOCKS = 256;

    private long firstSeq;
    private long lastSeq;
    private long firstMillis;
    private long lastMillis;
    private long leastMillis = Long.MAX_VALUE;
    private long mostMillis = Long.MIN_VALUE;
    private boolean any;
    private boolean spoilt;
    private long blockBytes = FIRST_BLOCK;
    private List<Block> blocks = new ArrayList<>();
    private @Nullable Block last;

    /** One more event, whose line has so many bytes. */
    void add(long seq, long millis, int bytes) {
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
      Block line = new Block(bytes, 1, seq, millis, millis, millis);
      last = last == null ? line : last.and(line);
      if (last.bytes >= blockBytes) {
        blocks.add(last);
        last = null;
        if (blocks.size() == MOST_BLOCKS) {
          joinPairs();
        }
      }
    }

    /** Makes room, however long the part becomes. */
    private void joinPairs() {
      List<Block> joined = new ArrayList<>();
      for (int i = 0; i < blocks.size(); i += 2) {
        joined.add(blocks.get(i).and(blocks.get(i + 1)));
      }
      blocks = joined;
      blockBytes *= 2;
    }

    /** Something is in the part that is no event, or is not: whoever wants to know reads it. */
    void spoil() {
      spoilt = true;
    }

    /** What is in a part of so many bytes; null if it has to be read. */
    @Nullable PartSummary summary(long bytes) {
      if (!any || spoilt) {
        return null;
      }
      List<Block> all = new ArrayList<>(blocks);
      if (last != null) {
        all.add(last);
      }
      return new PartSummary(
          bytes, firstSeq, lastSeq, firstMillis, lastMillis, leastMillis, mostMillis, all);
    }
  }
}
