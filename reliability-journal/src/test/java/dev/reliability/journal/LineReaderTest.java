package dev.reliability.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class LineReaderTest {

  @Provide
  Arbitrary<String> contents() {
    return Arbitraries.strings().withChars('\n', 'a', '\u000b', '\t', '\u008a').ofMaxLength(200);
  }

  @Property
  void linesAreCutAsASplitAtLineBreaksCutsThem(
      @ForAll("contents") String content,
      @ForAll @IntRange(min = 1, max = 40) int bufferSize,
      @ForAll @IntRange(min = 1, max = 20) int chunk)
      throws IOException {
    byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
    InputStream dripping =
        new ByteArrayInputStream(bytes) {
          @Override
          public synchronized int read(byte[] target, int from, int length) {
            return super.read(target, from, Math.min(chunk, length));
          }
        };
    List<String> lines = new ArrayList<>();
    boolean ended = true;
    try (LineReader reader = new LineReader(dripping, bufferSize)) {
      while (reader.next()) {
        assertThat(ended).isTrue();
        String line =
            new String(
                reader.bytes(), reader.start(), reader.length(), StandardCharsets.ISO_8859_1);
        assertThat(content.substring((int) reader.offset())).startsWith(line);
        lines.add(line);
        assertThat(reader.number()).isEqualTo(lines.size());
        assertThat(reader.isTooLong()).isFalse();
        ended = reader.isTerminated();
      }
    }
    assertThat(String.join("\n", lines) + (lines.isEmpty() || !ended ? "" : "\n"))
        .isEqualTo(content);
  }
}
