package dev.reliability.container.process;

import dev.reliability.container.ProtocolError;

/** Where a framer puts what it finds. Called on the pump's thread. */
interface FrameSink {

  /** A whole frame, valid during the call. */
  void frame(FrameView frame);

  /** Bytes that no frame holds, because their line or block is longer than allowed. */
  void dropped(long bytes);

  /** Something that the framing does not allow. */
  void violation(ProtocolError.Kind kind, long offset);
}
