package dev.reliability.testkit.store;

import dev.reliability.core.store.FileStateStore;
import dev.reliability.core.store.StateStore;
import dev.reliability.core.store.StateStore.Doc;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A process that writes documents. */
final class StateWriter {
  static final String COUNTER = "counter";

  private StateWriter() {}

  /**
   * Starts one.
   *
   * @param writes after how many writes it ends, once somebody else has written between two of them
   */
  static Process start(Path directory, int writes) throws IOException {
    return startJvm(
        StateWriter.class,
        List.of(
            StateWriter.class.getName(),
            FileStateStore.class.getName(),
            "com.google.common.collect.ImmutableMap"),
        directory.toString(),
        String.valueOf(writes));
  }

  /**
   * Starts a JVM.
   *
   * @param types one class of each library that it needs
   */
  static Process startJvm(Class<?> main, List<String> types, String... args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx64m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp"));
    command.add(
        types.stream()
            .map(StateWriter::placeOf)
            .distinct()
            .collect(Collectors.joining(File.pathSeparator)));
    command.add(main.getName());
    command.addAll(List.of(args));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static String placeOf(String type) {
    try {
      URI place = Class.forName(type).getProtectionDomain().getCodeSource().getLocation().toURI();
      return Path.of(place).toString();
    } catch (ReflectiveOperationException | URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /** Says when it is ready, begins when it is told to, and tells each version it has written. */
  public static void main(String[] args) throws IOException {
    StateStore store = FileStateStore.open(Path.of(args[0]));
    System.out.println("ready");
    if (System.in.read() != '\n') {
      return;
    }
    long own = Long.MAX_VALUE;
    boolean alone = true;
    for (int writes = Integer.parseInt(args[1]); writes > 0 || alone; ) {
      long version = store.read(COUNTER).map(Doc::version).orElse(StateStore.NEW);
      alone &= version <= own;
      if (store.write(COUNTER, version, valuesOf(version + 1))) {
        own = version + 1;
        writes--;
        System.out.println(version + 1);
        System.out.flush();
      }
    }
  }

  /** What the document says in that version: enough for more than one page of a disk. */
  static Map<String, String> valuesOf(long version) {
    return Map.of("count", String.valueOf(version), "filler", (version + "=\n").repeat(3_000));
  }

  /** Whether a document is whole. */
  static boolean isWhole(Optional<Doc> doc) {
    return doc.isPresent() && doc.get().values().equals(valuesOf(doc.get().version()));
  }
}
