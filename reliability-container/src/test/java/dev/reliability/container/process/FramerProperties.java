package dev.reliability.container.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.container.Framing;
import dev.reliability.testkit.worker.RecordingListener;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;

/**
 * Whatever the output is and however it is cut into reads, the framers find what {@link
 * NaiveFrames} says, and the transcript keeps its beginning and its end.
 */
class FramerProperties {

  /**
   * An output and how it arrives.
   *
   * @param reads the sizes of the reads, over and over again
   */
  record Stream(Framing framing, byte[] output, List<Integer> reads) {
    @Override
    public String toString() {
      return framing + ", reads of " + reads + ": " + RecordingFrames.hex(output);
    }
  }

  @Property(tries = 5_000)
  void anyChunkingGivesTheSentinelFramesOfTheModel(@ForAll("sentinelStreams") Stream stream) {
    assertThat(told(stream)).isEqualTo(NaiveFrames.of(stream.framing(), stream.output()));
  }

  @Property(tries = 3_000)
  void anyChunkingGivesTheLinesOfTheModel(@ForAll("lineStreams") Stream stream) {
    assertThat(told(stream)).isEqualTo(NaiveFrames.of(stream.framing(), stream.output()));
  }

  @Property(tries = 200)
  void longOutputIsFramedAsTheModelSays(@ForAll("longStreams") Stream stream) {
    assertThat(told(stream)).isEqualTo(NaiveFrames.of(stream.framing(), stream.output()));
  }

  @Property(tries = 500)
  void theTranscriptKeepsTheBeginningAndTheEnd(
      @ForAll("longStreams") Stream stream,
      @ForAll @IntRange(max = 20_000) int head,
      @ForAll @IntRange(max = 20_000) int tail) {
    OutputBuffer buffer = new OutputBuffer(head, tail);
    pump(stream, buffer, new RecordingFrames());
    String all = new String(stream.output(), StandardCharsets.UTF_8);
    int length = stream.output().length;
    int kept = Math.min(head, length);
    int last = Math.min(tail, length - kept);
    assertThat(buffer.snapshot().bytes()).isEqualTo(length);
    assertThat(buffer.snapshot().head()).isEqualTo(all.substring(0, kept));
    assertThat(buffer.snapshot().tail()).isEqualTo(all.substring(length - last));
    assertThat(buffer.snapshot().omitted()).isEqualTo(length - kept - last);
  }

  private static List<String> told(Stream stream) {
    RecordingFrames sink = new RecordingFrames();
    pump(stream, new OutputBuffer(64, 64), sink);
    return sink.told();
  }

  private static void pump(Stream stream, OutputBuffer buffer, RecordingFrames sink) {
    Framer framer =
        stream.framing() instanceof Framing.Sentinels sentinels
            ? new SentinelFramer(sentinels, null, sink)
            : new LineFramer(false, stream.framing().maxLineBytes(), sink);
    new Pump(
            new Reads(stream),
            framer,
            buffer,
            new Announcer(new RecordingListener()),
            (b, from, count) -> {})
        .run();
  }

  // ---- what comes ----

  @Provide
  Arbitrary<Stream> sentinelStreams() {
    return sentinels()
        .flatMap(
            framing ->
                Combinators.combine(pieces(framing).list().ofMaxSize(30), reads(1, 12))
                    .as((pieces, reads) -> new Stream(framing, join(pieces), reads)));
  }

  @Provide
  Arbitrary<Stream> lineStreams() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 40),
            pieces(new Framing.Sentinels("a", "b", 1, 1)).list().ofMaxSize(30),
            reads(1, 12))
        .as((limit, pieces, reads) -> new Stream(new Framing.Lines(limit), join(pieces), reads));
  }

  /** More than one buffer of output, ASCII only, with few and with many sentinels. */
  @Provide
  Arbitrary<Stream> longStreams() {
    return Combinators.combine(
            sentinels(),
            Arbitraries.integers().between(1, 200),
            Arbitraries.integers().between(1, 60_000),
            reads(1, 9_000),
            Arbitraries.longs())
        .as(
            (framing, every, length, reads, seed) -> {
              ByteArrayOutputStream all = new ByteArrayOutputStream();
              String[] words = {framing.start(), framing.end(), "", "x".repeat(97), "\r"};
              long state = seed;
              for (int line = 0; all.size() < length; line++) {
                state = state * 6364136223846793005L + 1442695040888963407L;
                int pick =
                    line % every == 0 ? (int) (state >>> 33) % 2 : 2 + (int) (state >>> 33) % 3;
                all.writeBytes((words[pick] + "\n").getBytes(StandardCharsets.US_ASCII));
              }
              return new Stream(
                  new Framing.Sentinels(framing.start(), framing.end(), 5_000, 5_000),
                  all.toByteArray(),
                  reads);
            });
  }

  private static Arbitrary<Framing.Sentinels> sentinels() {
    Arbitrary<String> name =
        Arbitraries.oneOf(
            Arbitraries.strings().withChars("ab").ofMinLength(1).ofMaxLength(9),
            Arbitraries.strings().withCharRange('!', '~').ofMinLength(1).ofMaxLength(30),
            Arbitraries.of("---OUTPUT_START---", "---OUTPUT_END---", "<<<<", ">>>>"));
    return Combinators.combine(name, name, Arbitraries.integers().between(1, 60))
        .filter((start, end, limit) -> !start.equals(end))
        .as((start, end, limit) -> new Framing.Sentinels(start, end, limit, 100));
  }

  /** Sentinels, almost sentinels, line ends of all kinds, text, and bytes that are not text. */
  private static Arbitrary<byte[]> pieces(Framing.Sentinels framing) {
    byte[] start = framing.start().getBytes(StandardCharsets.US_ASCII);
    byte[] end = framing.end().getBytes(StandardCharsets.US_ASCII);
    Arbitrary<byte[]> part =
        Combinators.combine(Arbitraries.of(start, end), Arbitraries.integers().between(0, 30))
            .as((of, length) -> Arrays.copyOf(of, Math.min(of.length, length)));
    return Arbitraries.frequencyOf(
        Tuple.of(4, Arbitraries.just(line(start, "\n"))),
        Tuple.of(4, Arbitraries.just(line(end, "\n"))),
        Tuple.of(1, Arbitraries.just(line(start, "\r\n"))),
        Tuple.of(1, Arbitraries.just(line(end, "\r\n"))),
        Tuple.of(1, Arbitraries.of(start, end)),
        Tuple.of(2, part),
        Tuple.of(
            4, Arbitraries.of("\n", "\r", "\r\n", "\n\n", "\r\r\n").map(FramerProperties::bytes)),
        Tuple.of(3, Arbitraries.strings().ascii().ofMaxLength(40).map(FramerProperties::bytes)),
        Tuple.of(2, Arbitraries.of("é", "漢字", "\uD83D\uDE00").map(FramerProperties::bytes)),
        Tuple.of(1, Arbitraries.bytes().array(byte[].class).ofMinSize(1).ofMaxSize(4)));
  }

  private static Arbitrary<List<Integer>> reads(int least, int most) {
    return Arbitraries.integers().between(least, most).list().ofMinSize(1).ofMaxSize(8);
  }

  private static byte[] line(byte[] text, String end) {
    return join(List.of(text, bytes(end)));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] join(List<byte[]> pieces) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    pieces.forEach(all::writeBytes);
    return all.toByteArray();
  }

  /** Hands out the output in reads of given sizes. */
  private static final class Reads extends InputStream {
    private final Stream stream;
    private int at;
    private int count;

    private Reads(Stream stream) {
      this.stream = stream;
    }

    @Override
    public int read() {
      throw new AssertionError("the pump reads arrays");
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      if (at == stream.output().length) {
        return -1;
      }
      int wanted = stream.reads().get(count++ % stream.reads().size());
      int size = Math.min(Math.min(wanted, length), stream.output().length - at);
      System.arraycopy(stream.output(), at, into, offset, size);
      at += size;
      return size;
    }
  }
}
