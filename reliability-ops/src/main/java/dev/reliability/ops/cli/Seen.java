package dev.reliability.ops.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which events were read before: the same incarnation, sequence and time. A mark of sixteen bits is
 * kept for each of the last four million or so, 8 MiB at most: journals are read by time, so that
 * copies come close together. Not thread-safe.
 */
final class Seen {
  private static final int BLOCK = 1_024;
  private static final int MOST_BLOCKS = 4_096;

  private final Map<Place, char[]> blocks = new LinkedHashMap<>();

  /** The block that was looked at last, which most often is the next one too. */
  private char @Nullable [] last;

  private String lastEpoch = "";
  private long lastBlock;

  private record Place(String epoch, long block) {}

  /** Whether no such event was read before; from now on it was. */
  boolean isNew(String epoch, long seq, long epochMilli) {
    char[] block = block(epoch, Math.floorDiv(seq, BLOCK));
    int at = Math.floorMod(seq, BLOCK);
    char mark = mark(epochMilli);
    if (block[at] == mark) {
      return false;
    }
    block[at] = mark;
    return true;
  }

  private char[] block(String epoch, long number) {
    char[] block = last;
    if (block == null || number != lastBlock || !epoch.equals(lastEpoch)) {
      block = blocks.computeIfAbsent(new Place(epoch, number), place -> new char[BLOCK]);
      if (blocks.size() > MOST_BLOCKS) {
        blocks.remove(blocks.keySet().iterator().next());
      }
      last = block;
      lastEpoch = epoch;
      lastBlock = number;
    }
    return block;
  }

  /** Never 0, which stands for none. */
  private static char mark(long epochMilli) {
    int mixed = Long.hashCode(epochMilli * 0x9E3779B97F4A7C15L);
    return (char) Math.max(1, (mixed ^ (mixed >>> 16)) & 0xFFFF);
  }
}
