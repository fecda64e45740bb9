package dev.reliability.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.store.FileStateStore;
import dev.reliability.core.store.StateStore;
import dev.reliability.core.store.StateStore.Doc;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes write one document: none loses an update, and a killed one tears nothing. */
@Tag("once")
class FileStateStoreProcessesTest {
  private static final int WRITES = 300;
  private static final int KILLS = Integer.getInteger("reliability.kills", 30);

  @TempDir private Path directory;
  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void leaveNoneBehind() {
    processes.forEach(Process::destroyForcibly);
  }

  private Process writer(int writes) throws Exception {
    Process process = StateWriter.start(directory, writes);
    processes.add(process);
    return process;
  }

  @Test
  @Timeout(value = 3, unit = TimeUnit.MINUTES)
  void twoProcessesLoseNoUpdate() throws Exception {
    Process first = writer(WRITES);
    Process second = writer(WRITES);
    ready(first);
    ready(second);
    begin(first);
    begin(second);
    StateStore reader = FileStateStore.open(directory);
    while (first.isAlive() || second.isAlive()) {
      Optional<Doc> seen = reader.read(StateWriter.COUNTER);
      assertThat(seen.isEmpty() || StateWriter.isWhole(seen))
          .as("seen meanwhile: %s", seen)
          .isTrue();
    }
    List<Long> told = new ArrayList<>(versions(first));
    List<Long> others = versions(second);
    assertThat(first.waitFor()).isZero();
    assertThat(second.waitFor()).isZero();
    assertThat(told).hasSizeGreaterThanOrEqualTo(WRITES);
    assertThat(others).hasSizeGreaterThanOrEqualTo(WRITES);
    assertThat(span(told) + span(others))
        .as("they wrote at the same time")
        .isGreaterThan(told.size() + others.size());
    told.addAll(others);
    assertThat(told).doesNotHaveDuplicates();
    Optional<Doc> doc = FileStateStore.open(directory).read(StateWriter.COUNTER);
    assertThat(doc.map(Doc::version)).contains((long) told.size());
    assertThat(doc).matches(StateWriter::isWhole);
  }

  private static long span(List<Long> versions) {
    return versions.get(versions.size() - 1) - versions.get(0) + 1;
  }

  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void aKilledWriterLeavesTheOldOrTheNewDocument() throws Exception {
    StateStore store = FileStateStore.open(directory);
    assertThat(store.write(StateWriter.COUNTER, StateStore.NEW, StateWriter.valuesOf(1))).isTrue();
    Random random = new Random(42);
    long last = 1;
    for (int kill = 0; kill < KILLS; kill++) {
      Process process = writer(Integer.MAX_VALUE);
      ready(process);
      begin(process);
      try (BufferedReader told = process.inputReader()) {
        for (int i = random.nextInt(20); i >= 0; i--) {
          last = Long.parseLong(told.readLine());
        }
        for (int i = random.nextInt(100_000); i > 0; i--) {
          Thread.onSpinWait();
        }
        process.toHandle().destroyForcibly(); // which leaves its output readable
        assertThat(process.waitFor()).as("its exit, by signal 9").isEqualTo(128 + 9);
        for (String line = told.readLine(); line != null; line = told.readLine()) {
          last = line.isEmpty() ? last : Math.max(last, Long.parseLong(line));
        }
      }
      Optional<Doc> doc = store.read(StateWriter.COUNTER);
      assertThat(doc).as("after kill %d", kill).matches(StateWriter::isWhole);
      assertThat(doc.get().version()).as("told: %d", last).isBetween(last, last + 1);
      assertThat(FileStateStore.open(directory).names("")).containsExactly(StateWriter.COUNTER);
      last = doc.get().version();
    }
    assertThat(store.write(StateWriter.COUNTER, last, StateWriter.valuesOf(last + 1))).isTrue();
  }

  private static void ready(Process process) throws IOException {
    assertThat(process.inputReader().readLine()).isEqualTo("ready");
  }

  private static void begin(Process process) throws IOException {
    process.outputWriter().write("\n");
    process.outputWriter().flush();
  }

  private static List<Long> versions(Process process) throws IOException {
    try (BufferedReader told = process.inputReader()) {
      return told.lines().map(Long::parseLong).toList();
    }
  }
}
