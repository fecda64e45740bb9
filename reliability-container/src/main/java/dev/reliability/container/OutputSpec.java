package dev.reliability.container;

import dev.reliability.core.run.MarkerRule;
import dev.reliability.core.run.OutputFrame;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is done with a worker's output: how it is cut into frames, what a frame means, who else sees
 * it, and how much of it is kept for diagnosis. Immutable; each method returns a changed copy.
 *
 * <p>A worker often repeats what others wrote: files, web pages, what a tool put out. With {@link
 * #nonced} none of that can pass for a marker or a result.
 *
 * <p>By default every line counts as {@link MarkerRule#anyLine} says, nobody else sees it, and the
 * first and the last 8 KiB of each stream are kept. Memory per worker is bounded by these settings,
 * whatever the worker puts out.
 */
public final class OutputSpec {
  /** The variable by which a worker is told the nonce of its attempt, if there is one. */
  public static final String NONCE_VARIABLE = "RELIABILITY_NONCE";

  private static final int DEFAULT_KEPT = 8 * 1024;
  private static final int LEAST_NONCED_LINE = 64;

  private final Framing framing;
  private final MarkerRule markers;
  private final @Nullable Consumer<? super OutputFrame> frames;
  private final int headBytes;
  private final int tailBytes;
  private final boolean nonced;

  private OutputSpec(
      Framing framing,
      MarkerRule markers,
      @Nullable Consumer<? super OutputFrame> frames,
      int headBytes,
      int tailBytes,
      boolean nonced) {
    this.framing = framing;
    this.markers = markers;
    this.frames = frames;
    this.headBytes = headBytes;
    this.tailBytes = tailBytes;
    this.nonced = nonced;
  }

  /** Lines of up to {@link Framing#DEFAULT_LINE_BYTES}. */
  public static OutputSpec lines() {
    return framed(new Framing.Lines(Framing.DEFAULT_LINE_BYTES));
  }

  /**
   * Payloads of up to {@link Framing#DEFAULT_PAYLOAD_BYTES} between two lines.
   *
   * @throws IllegalArgumentException as {@link Framing.Sentinels} says
   */
  public static OutputSpec sentinels(String start, String end) {
    return framed(
        new Framing.Sentinels(
            start, end, Framing.DEFAULT_PAYLOAD_BYTES, Framing.DEFAULT_LINE_BYTES));
  }

  /** Output cut in a way of the caller's own. */
  public static OutputSpec framed(Framing framing) {
    return new OutputSpec(
        Objects.requireNonNull(framing, "framing"),
        MarkerRule.anyLine(),
        null,
        DEFAULT_KEPT,
        DEFAULT_KEPT,
        false);
  }

  /**
   * What a frame means (requirement B6). Standard output and standard error are read by a thread
   * each, so the rule may be called by two threads at a time.
   */
  public OutputSpec markers(MarkerRule rule) {
    return new OutputSpec(
        framing, Objects.requireNonNull(rule, "rule"), frames, headBytes, tailBytes, nonced);
  }

  /**
   * Hands each frame to the host as well, after the rule has judged it, on the thread that reads
   * the stream. While this takes its time the worker's output is not read (back-pressure); what it
   * throws is logged and changes nothing. The frame is a view that is valid only during the call.
   * With a {@linkplain #nonced nonce} it sees every line all the same, those with the nonce without
   * it; {@link OutputFrame#isNonced} tells them apart.
   */
  public OutputSpec onFrame(Consumer<? super OutputFrame> consumer) {
    return new OutputSpec(
        framing,
        markers,
        Objects.requireNonNull(consumer, "consumer"),
        headBytes,
        tailBytes,
        nonced);
  }

  /**
   * How much of each stream is kept for diagnosis.
   *
   * @param head bytes from the beginning
   * @param tail bytes from the end
   * @throws IllegalArgumentException if one is negative
   */
  public OutputSpec keeping(int head, int tail) {
    if (head < 0 || tail < 0) {
      throw new IllegalArgumentException(
          "keeping: expected bytes that are not negative, got " + head + " and " + tail);
    }
    return new OutputSpec(framing, markers, frames, head, tail, nonced);
  }

  /**
   * Only what carries a nonce counts. Each attempt to start a worker gets a new one, 32 hexadecimal
   * digits that nobody can guess, in the variable {@link #NONCE_VARIABLE}; a spec may not set or
   * remove that variable itself.
   *
   * <ul>
   *   <li>{@link Framing.Lines}: a line of standard output that begins with the nonce and a blank
   *       is judged by the rule, which sees what stands behind the blank. The nonce counts as part
   *       of the line's length.
   *   <li>{@link Framing.Sentinels}: the sentinels are {@code <start> <nonce>} and {@code <end>
   *       <nonce>}; a line without the nonce is ordinary output, also inside a payload.
   *   <li>Everything else, and all of standard error, is noise that no rule sees.
   * </ul>
   *
   * <p>The nonce is in no marker, result or frame; {@link Transcript} keeps the bytes as they were.
   * What the worker starts inherits the variable: a worker that runs tools takes it out of their
   * environment. It holds off what the worker repeats, not a process that may read the worker's
   * memory or environment.
   *
   * @throws IllegalArgumentException if the framing keeps less than 64 bytes of a line, so that
   *     little more than the nonce would be left
   */
  public OutputSpec nonced() {
    if (framing instanceof Framing.Lines && framing.maxLineBytes() < LEAST_NONCED_LINE) {
      throw new IllegalArgumentException(
          "nonced: expected a framing that keeps "
              + LEAST_NONCED_LINE
              + " bytes of a line or more, got "
              + framing);
    }
    return new OutputSpec(framing, markers, frames, headBytes, tailBytes, true);
  }

  /** How standard output is cut. */
  public Framing framing() {
    return framing;
  }

  /** What a frame means. */
  public MarkerRule markers() {
    return markers;
  }

  /** Who else sees each frame. */
  public @Nullable Consumer<? super OutputFrame> frames() {
    return frames;
  }

  /** Whether only what carries a nonce counts. */
  public boolean isNonced() {
    return nonced;
  }

  /** Bytes kept from the beginning of each stream. */
  public int headBytes() {
    return headBytes;
  }

  /** Bytes kept from the end of each stream. */
  public int tailBytes() {
    return tailBytes;
  }
}
