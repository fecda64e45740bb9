package dev.reliability.core.run;

import static dev.reliability.core.run.MarkerRule.Meaning.NOISE;
import static dev.reliability.core.run.MarkerRule.Meaning.PROGRESS;
import static dev.reliability.core.run.MarkerRule.Meaning.RESULT;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What counts as a valid marker (requirement B6). */
class MarkerRuleTest {

  /** A frame on bytes of its own. */
  private static final class Frame implements OutputFrame {
    private final byte[] bytes;
    private final boolean error;

    Frame(byte[] bytes, boolean error) {
      this.bytes = bytes;
      this.error = error;
    }

    static Frame out(String text) {
      return new Frame(text.getBytes(StandardCharsets.UTF_8), false);
    }

    static Frame err(String text) {
      return new Frame(text.getBytes(StandardCharsets.UTF_8), true);
    }

    @Override
    public boolean isError() {
      return error;
    }

    @Override
    public int length() {
      return bytes.length;
    }

    @Override
    public byte byteAt(int index) {
      return bytes[index];
    }

    @Override
    public boolean isTruncated() {
      return false;
    }

    @Override
    public String text() {
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"done 3 of 7", "x", "  indented", "ä", "\u00a0"})
  void byDefaultEveryLineOnStandardOutputIsProgressAndOnStandardErrorNoise(String line) {
    assertThat(MarkerRule.anyLine().judge(Frame.out(line))).isEqualTo(PROGRESS);
    assertThat(MarkerRule.anyLine().judge(Frame.err(line))).isEqualTo(NOISE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t \r", "\0"})
  void aBlankLineIsNoise(String line) {
    assertThat(MarkerRule.anyLine().judge(Frame.out(line))).isEqualTo(NOISE);
  }

  @ParameterizedTest
  @CsvSource({
    "'##progress 3', PROGRESS",
    "'##progress', PROGRESS",
    "'##progres', NOISE",
    "' ##progress', NOISE",
    "'##result {}', RESULT",
    "'anything', NOISE",
    "'', NOISE"
  })
  void withPrefixesOnlyLinesThatBeginWithThemMeanSomething(
      String line, MarkerRule.Meaning meaning) {
    MarkerRule rule = MarkerRule.prefixes("##progress", "##result");
    assertThat(rule.judge(Frame.out(line))).isEqualTo(meaning);
    assertThat(rule.judge(Frame.err(line))).isEqualTo(NOISE);
  }

  @Test
  void aPrefixOfAnyLettersIsComparedByteByByte() {
    MarkerRule rule = MarkerRule.prefixes("→", "✓");
    assertThat(rule.judge(Frame.out("→ step"))).isEqualTo(PROGRESS);
    assertThat(rule.judge(Frame.out("✓ ok"))).isEqualTo(RESULT);
    assertThat(rule.judge(new Frame(new byte[] {(byte) 0xe2, (byte) 0x86}, false)))
        .as("half a letter")
        .isEqualTo(NOISE);
  }

  @Test
  void aLineThatIsBothIsTheResult() {
    assertThat(MarkerRule.prefixes("##", "##result").judge(Frame.out("##result")))
        .isEqualTo(RESULT);
  }
}
