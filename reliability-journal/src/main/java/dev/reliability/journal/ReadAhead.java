package dev.reliability.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives a stretch of a file piece by piece. With an executor to help, the pieces behind the one
 * that is given are read already, and others may find out what their lines are. Not thread-safe.
 */
final class ReadAhead implements Closeable {
  private static final int CHUNK = 128 * 1024;
  private static final int MOST_EACH = 4;

  private final Supplier<LineSorter> sorters;
  private final Budget budget;
  private final ArrayDeque<Chunk> coming = new ArrayDeque<>();
  private final ArrayDeque<Chunk> free = new ArrayDeque<>();
  private @Nullable Chunk given;
  private @Nullable ChunkReader reader;

  /** How many pieces all cursors of a reader may have read ahead. Not thread-safe. */
  static final class Budget {
    private final @Nullable Executor helper;
    private int left;

    /** Pieces that {@code helper} helps with; none if it is null. */
    Budget(@Nullable Executor helper, int most) {
      this.helper = helper;
      this.left = helper == null ? 0 : most;
    }
  }

  ReadAhead(Supplier<LineSorter> sorters, Budget budget) {
    this.sorters = sorters;
    this.budget = budget;
  }

  /** Begins with a stretch, when nothing is left of the one before. */
  void open(Path file, PartSummary.Stretch stretch) throws IOException {
    try {
      var in = Files.newInputStream(file);
      reader = new ChunkReader(in, stretch.offset(), stretch.bytes(), CHUNK);
      in.skipNBytes(stretch.offset());
    } catch (NoSuchFileException e) {
      reader = null; // removed since it was listed: no longer part of the journal
    }
  }

  /** The next piece, or null if there is none; the one before is used again. */
  @Nullable Chunk next() throws IOException {
    if (given != null) {
      free.add(given);
      given = null;
    }
    while (reader != null && (coming.isEmpty() || isMoreWanted())) {
      read(reader);
    }
    Chunk next = coming.poll();
    if (next != null && next.isOffered()) {
      budget.left++;
    }
    given = next;
    if (next != null) {
      next.help();
      for (Chunk later : coming) {
        if (next.isBusy()) { // somebody else is at it, so this is not the time to wait
          later.help();
        }
      }
    }
    return next;
  }

  private boolean isMoreWanted() {
    return coming.size() < MOST_EACH && budget.left > 0;
  }

  private void read(ChunkReader from) throws IOException {
    Chunk chunk = free.isEmpty() ? new Chunk(sorters.get()) : free.remove();
    if (!from.next(chunk)) {
      free.add(chunk);
      from.close();
      reader = null;
      return;
    }
    Executor helper = budget.helper;
    if (helper != null && budget.left > 0) {
      chunk.offer();
      budget.left--;
      try {
        helper.execute(chunk::help);
      } catch (RejectedExecutionException e) {
        // then it is not helped: whoever goes through it does all
      }
    }
    coming.add(chunk);
  }

  /** Forgets what was read ahead. */
  @Override
  public void close() throws IOException {
    for (Chunk chunk : coming) {
      budget.left += chunk.isOffered() ? 1 : 0;
    }
    coming.clear();
    free.clear();
    given = null;
    ChunkReader open = reader;
    reader = null;
    if (open != null) {
      open.close();
    }
  }
}
