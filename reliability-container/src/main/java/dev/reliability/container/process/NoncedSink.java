package dev.reliability.container.process;

import dev.reliability.container.ProtocolError;

/**
 * Has only those frames judged that begin with the nonce, without it; the others are shown to the
 * host and mean nothing.
 */
final class NoncedSink implements FrameSink {
  private final byte[] prefix;
  private final JudgingSink judging;

  /**
   * A sink.
   *
   * @param prefix how a frame begins that counts; empty if none does, whatever it begins with
   */
  NoncedSink(byte[] prefix, JudgingSink judging) {
    this.prefix = prefix;
    this.judging = judging;
  }

  @Override
  public void frame(FrameView frame) {
    if (prefix.length > 0 && frame.takeOff(prefix)) {
      judging.frame(frame);
    } else {
      judging.show(frame);
    }
  }

  @Override
  public void dropped(long bytes) {
    judging.dropped(bytes);
  }

  @Override
  public void violation(ProtocolError.Kind kind, long offset) {
    judging.violation(kind, offset);
  }
}
