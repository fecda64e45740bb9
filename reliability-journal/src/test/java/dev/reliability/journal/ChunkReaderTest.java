package dev.reliability.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class ChunkReaderTest {

  @Provide
  Arbitrary<String> contents() {
    return Arbitraries.strings().withChars('\n', 'a', '\u000b', '\t', '\u008a').ofMaxLength(200);
  }

  @Property
  void linesAreCutAsASplitAtLineBreaksCutsThem(
      @ForAll("contents") String content,
      @ForAll @IntRange(min = 1, max = 40) int size,
      @ForAll @IntRange(min = 1, max = 20) int drip)
      throws IOException {
    byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
    InputStream dripping =
        new ByteArrayInputStream(bytes) {
          @Override
          public synchronized int read(byte[] target, int from, int length) {
            return super.read(target, from, Math.min(drip, length));
          }
        };
    List<String> lines = new ArrayList<>();
    boolean ended = true;
    Chunk chunk = new Chunk(new LineSorter(time -> true, Set.of()));
    try (ChunkReader reader = new ChunkReader(dripping, 0, Long.MAX_VALUE, size)) {
      while (reader.next(chunk)) {
        while (chunk.next()) {
          assertThat(ended).isTrue();
          String rest = content.substring((int) chunk.offset());
          lines.add(rest.contains("\n") ? rest.substring(0, rest.indexOf('\n')) : rest);
          assertThat(chunk.what()).isInstanceOf(Chunk.Fault.class);
          ended = chunk.isTerminated();
        }
        assertThat(chunk.next()).isFalse();
      }
    }
    assertThat(String.join("\n", lines) + (lines.isEmpty() || !ended ? "" : "\n"))
        .isEqualTo(content);
  }
}
