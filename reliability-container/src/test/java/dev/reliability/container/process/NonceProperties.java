package dev.reliability.container.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.container.Framing;
import dev.reliability.container.OutputSpec;
import dev.reliability.core.run.MarkerRule;
import dev.reliability.core.run.OutputFrame;
import dev.reliability.testkit.worker.RecordingListener;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Whatever stands in an output, wherever it stands and however it is cut into reads: what lacks the
 * nonce of this attempt reaches no rule.
 */
class NonceProperties {
  private static final String NONCE = "00112233445566778899aabbccddeeff";
  private static final String OTHER = "00112233445566778899aabbccddeefe";
  private static final Framing.Sentinels BLOCKS = new Framing.Sentinels("<<<", ">>>", 90, 100);

  @Property(tries = 3_000)
  void onlyLinesThatBeginWithTheNonceAreJudged(
      @ForAll("outputs") String output, @ForAll("reads") List<Integer> reads) {
    Framing framing = new Framing.Lines(64);
    List<String> expected = new ArrayList<>();
    for (String told : NaiveFrames.of(framing, bytes(output))) {
      if (told.startsWith("frame ")) {
        String line = text(told);
        if (line.startsWith(NONCE + " ")) {
          String rest = line.substring(NONCE.length() + 1);
          expected.add("judged " + rest);
          expected.add("shown true " + rest);
        } else {
          expected.add("shown false " + line);
        }
      }
    }
    assertThat(seen(framing, output, reads)).isEqualTo(expected);
  }

  @Property(tries = 3_000)
  void onlyBlocksWhoseSentinelsCarryTheNonceAreJudged(
      @ForAll("outputs") String output, @ForAll("reads") List<Integer> reads) {
    Framing.Sentinels carrying =
        new Framing.Sentinels(BLOCKS.start() + " " + NONCE, BLOCKS.end() + " " + NONCE, 90, 100);
    List<String> expected = new ArrayList<>();
    for (String told : NaiveFrames.of(carrying, bytes(output))) {
      if (told.startsWith("frame ")) {
        expected.add("judged " + text(told));
        expected.add("shown true " + text(told));
      }
    }
    assertThat(seen(BLOCKS, output, reads)).isEqualTo(expected);
  }

  @Property(tries = 500)
  void standardErrorIsNeverJudged(
      @ForAll("outputs") String output, @ForAll("reads") List<Integer> reads) {
    List<String> seen = new ArrayList<>();
    new ChildOutput("run", recorded(BLOCKS, seen), new Announcer(new RecordingListener()))
        .readErr(new Reads(bytes(output), reads), (buffer, from, count) -> {});
    assertThat(seen).allMatch(one -> one.startsWith("shown false "));
  }

  private static List<String> seen(Framing framing, String output, List<Integer> reads) {
    List<String> seen = new ArrayList<>();
    new ChildOutput("run", recorded(framing, seen), new Announcer(new RecordingListener()))
        .readOut(new Reads(bytes(output), reads), new Nonce(NONCE), (buffer, from, count) -> {});
    return seen;
  }

  private static OutputSpec recorded(Framing framing, List<String> seen) {
    return OutputSpec.framed(framing)
        .nonced()
        .markers(
            frame -> {
              seen.add("judged " + frame.text());
              return MarkerRule.Meaning.RESULT;
            })
        .onFrame((OutputFrame frame) -> seen.add("shown " + frame.isNonced() + " " + frame.text()));
  }

  // ---- what comes ----

  /** Markers and sentinels, genuine and forged, whole and in parts, and what surrounds them. */
  @Provide
  Arbitrary<String> outputs() {
    Arbitrary<String> piece =
        Arbitraries.of(
            NONCE + " result 42\n",
            NONCE + " \n",
            NONCE + "\n",
            NONCE,
            " ",
            OTHER + " result 43\n",
            "x" + NONCE + " result 44\n",
            " " + NONCE + " result 45\n",
            NONCE + NONCE + " result 46\n",
            NONCE + "\tresult 47\n",
            NONCE + " " + NONCE + " result 48\n",
            NONCE + " " + "long ".repeat(20) + "\n",
            "result 49\n",
            "<<<\n",
            ">>>\n",
            "<<< " + NONCE + "\n",
            ">>> " + NONCE + "\n",
            "<<< " + NONCE + "\r\n",
            "<<< " + OTHER + "\n",
            ">>> " + OTHER + "\n",
            "<<<  " + NONCE + "\n",
            ">>> " + NONCE + " \n",
            "text\n",
            "text",
            "\n",
            "\r\n",
            "\r");
    return piece.list().ofMaxSize(25).map(pieces -> String.join("", pieces));
  }

  @Provide
  Arbitrary<List<Integer>> reads() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 80).list().ofMinSize(1).ofMaxSize(6),
            Arbitraries.of(1, 2, 64))
        .as(
            (sizes, last) -> {
              List<Integer> all = new ArrayList<>(sizes);
              all.add(last);
              return all;
            });
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The text of a frame as {@link NaiveFrames} writes it down. */
  private static String text(String told) {
    String hex = told.substring(told.lastIndexOf(' ') + 1);
    return new String(HexFormat.of().parseHex(hex), StandardCharsets.UTF_8);
  }

  /** Hands out the output in reads of given sizes. */
  private static final class Reads extends InputStream {
    private final byte[] output;
    private final List<Integer> sizes;
    private int at;
    private int count;

    private Reads(byte[] output, List<Integer> sizes) {
      this.output = output;
      this.sizes = sizes;
    }

    @Override
    public int read() {
      throw new AssertionError("the pump reads arrays");
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      if (at == output.length) {
        return -1;
      }
      int wanted = sizes.get(count++ % sizes.size());
      int size = Math.min(Math.min(wanted, length), output.length - at);
      System.arraycopy(output, at, into, offset, size);
      at += size;
      return size;
    }
  }
}
