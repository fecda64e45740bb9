package dev.reliability.container.process;

import dev.reliability.container.ProtocolError;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Writes down what a framer finds, in words. */
final class RecordingFrames implements FrameSink {
  private final List<String> told = new ArrayList<>();
  private long dropped;

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  /** Everything, in order, and how many bytes were dropped in all. */
  List<String> told() {
    List<String> all = new ArrayList<>(told);
    all.add("dropped " + dropped);
    return all;
  }

  @Override
  public void frame(FrameView frame) {
    byte[] bytes = new byte[frame.length()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = frame.byteAt(i);
    }
    told.add("frame " + frame.isTruncated() + " " + hex(bytes));
  }

  @Override
  public void dropped(long bytes) {
    dropped += bytes;
  }

  @Override
  public void violation(ProtocolError.Kind kind, long offset) {
    told.add("violation " + kind + " at " + offset);
  }
}
