package dev.reliability.ops.cli;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.reliability.core.event.Event;
import dev.reliability.jdbc.JdbcStore;
import dev.reliability.journal.JournalEntry;
import dev.reliability.journal.JournalFilter;
import dev.reliability.journal.JournalReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Calls of the command in one directory, as an operator makes them. */
record Calls(Path directory) {

  /** A verb in this directory; {@code words} are split at blanks, {@code more} are not. */
  Told verb(String words, String... more) {
    return Told.by(
        Stream.of(
                words.isEmpty() ? Stream.<String>of() : Stream.of(words.split(" ")),
                Stream.of(more),
                Stream.of("--dir", directory.toString()))
            .flatMap(all -> all)
            .toArray(String[]::new));
  }

  /** Does something with the stores, which are made if they are not there. */
  void store(Consumer<JdbcStore> work) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl("jdbc:sqlite:" + directory.resolve("reliability.db"));
    try (HikariDataSource pool = new HikariDataSource(config)) {
      work.accept(JdbcStore.open(pool));
    }
  }

  Path write(String name, String text) {
    try {
      return Files.writeString(directory.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<Event> events() {
    List<Event> events = new ArrayList<>();
    try (JournalReader reader = JournalReader.open(directory, JournalFilter.ALL)) {
      while (reader.hasNext()) {
        if (reader.next() instanceof JournalEntry.Read read) {
          events.add(read.event());
        }
      }
    }
    return events;
  }

  /** All files but those of the database, with their texts. */
  Map<String, String> files() {
    Map<String, String> texts = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.getFileName().toString().startsWith("reliability.db")) {
          texts.put(directory.relativize(file).toString(), Files.readString(file));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return texts;
  }
}
