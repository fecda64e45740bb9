package dev.reliability.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.store.FileStateStore;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.core.store.StateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * Whatever is written in whatever order, documents in files and in memory answer as a plain map.
 */
class StateStoreProperties {

  /** What is done with a document. */
  private interface Op {
    Object perform(StateStore store);
  }

  @Property(tries = 100)
  void storesAnswerAsAPlainMap(@ForAll("programs") List<Op> program) throws IOException {
    Path directory = Files.createTempDirectory("state-store-properties");
    try {
      List<Object> expected = answers(new BrokenStateStores.Plain(), program);
      assertThat(answers(new InMemoryStateStore(), program)).isEqualTo(expected);
      assertThat(answers(FileStateStore.open(directory), program)).isEqualTo(expected);
    } finally {
      try (Stream<Path> files = Files.list(directory)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(directory);
    }
  }

  private static List<Object> answers(StateStore store, List<Op> program) {
    List<Object> answers = new ArrayList<>();
    for (Op op : program) {
      answers.add(op.perform(store));
      answers.add(store.names(""));
    }
    return answers;
  }

  @Provide
  Arbitrary<List<Op>> programs() {
    Arbitrary<String> names =
        Arbitraries.frequencyOf(
            Tuple.of(4, Arbitraries.of("a", "a/b", ".a", "a:b")),
            Tuple.of(
                1, Arbitraries.strings().withChars("aB0._-/:@").ofMinLength(1).ofMaxLength(200)));
    Arbitrary<Long> versions = Arbitraries.longs().between(0, 3);
    Arbitrary<String> texts =
        Arbitraries.frequencyOf(
            Tuple.of(
                3, Arbitraries.strings().withChars("=\\\n\renab \u00e4\u2028").ofMaxLength(12)),
            Tuple.of(1, Arbitraries.strings().all().ofMaxLength(40)));
    Arbitrary<Map<String, String>> values = Arbitraries.maps(texts, texts).ofMaxSize(4);
    Arbitrary<Op> write =
        Combinators.combine(names, versions, values)
            .as((name, version, value) -> store -> store.write(name, version, value));
    Arbitrary<Op> remove =
        Combinators.combine(names, versions)
            .as((name, version) -> store -> store.remove(name, version));
    Arbitrary<Op> read = names.map(name -> store -> store.read(name));
    return Arbitraries.frequencyOf(Tuple.of(5, write), Tuple.of(1, remove), Tuple.of(3, read))
        .list()
        .ofMaxSize(25);
  }
}
