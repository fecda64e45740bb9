package dev.reliability.ops.cli;

import com.google.common.collect.Sets;
import dev.reliability.jdbc.JdbcStore;
import dev.reliability.journal.JournalEntry;
import dev.reliability.journal.JournalFilter;
import dev.reliability.journal.JournalMerge;
import dev.reliability.journal.JournalReader;
import dev.reliability.journal.LeftOut;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * All events that a report is about, read as one: the files of one node or several, and, if asked
 * for, the store's table of events. What stands in both comes once. Not thread-safe.
 */
final class Journals implements Iterator<JournalEntry>, AutoCloseable {
  private final List<JournalReader> readers = new ArrayList<>();
  private final Iterator<JournalEntry> entries;

  /**
   * Opens them.
   *
   * @param directories of the nodes
   * @param store whose table of events is read too; null for none
   * @param filter which events; those of other types may be given too
   * @param others is told of the events that are left out because of their type
   * @param helper helps with reading
   * @throws CommandException if a directory is not there
   * @throws java.io.UncheckedIOException if one cannot be read
   */
  Journals(
      List<Path> directories,
      @Nullable JdbcStore store,
      JournalFilter filter,
      LeftOut others,
      Executor helper) {
    for (Path directory : directories) {
      if (!Files.isDirectory(directory)) {
        throw CommandException.usage(
            "there is no journal in " + directory + ": expected a directory (--dir)");
      }
    }
    boolean opened = false;
    try {
      entries =
          store == null
              ? files(JournalReader.openAll(directories, filter, others, helper))
              : all(directories, store, filter.types(new String[0]));
      opened = true;
    } finally {
      if (!opened) {
        close();
      }
    }
  }

  private Iterator<JournalEntry> files(JournalReader reader) {
    readers.add(reader);
    return reader;
  }

  private Iterator<JournalEntry> all(
      List<Path> directories, JdbcStore store, JournalFilter filter) {
    Set<String> inFiles = new HashSet<>();
    directories.forEach(directory -> inFiles.addAll(JournalReader.epochs(directory)));
    Set<String> inBoth = Sets.intersection(inFiles, store.epochs()).immutableCopy();
    List<Iterator<JournalEntry>> all = new ArrayList<>();
    JournalReader alone =
        JournalReader.openAll(directories, filter, epoch -> !inBoth.contains(epoch));
    readers.add(alone);
    all.add(alone);
    all.add(store.readEvents(filter, epoch -> !inBoth.contains(epoch)));
    for (String epoch : inBoth) {
      JournalReader reader = JournalReader.openAll(directories, filter, epoch::equals);
      readers.add(reader);
      all.add(JournalMerge.union(reader, store.readEvents(filter, epoch::equals)));
    }
    return JournalMerge.byTime(all);
  }

  @Override
  public boolean hasNext() {
    return entries.hasNext();
  }

  @Override
  public JournalEntry next() {
    return entries.next();
  }

  @Override
  public void close() {
    readers.forEach(JournalReader::close);
  }
}
