package dev.reliability.container.process;

import dev.reliability.container.ProtocolError;
import dev.reliability.core.run.MarkerRule;
import dev.reliability.core.run.MarkerRule.Meaning;
import dev.reliability.core.run.OutputFrame;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the host's rule what each frame of one stream means, tells it on, and then shows the frame
 * to the host.
 */
final class JudgingSink implements FrameSink {
  private static final Logger log = LoggerFactory.getLogger(JudgingSink.class);

  private final String run;
  private final MarkerRule rule;
  private final @Nullable Consumer<? super OutputFrame> consumer;
  private final Announcer announcer;
  private final OutputBuffer buffer;
  private long ruleFailures;
  private long consumerFailures;

  JudgingSink(
      String run,
      MarkerRule rule,
      @Nullable Consumer<? super OutputFrame> consumer,
      Announcer announcer,
      OutputBuffer buffer) {
    this.run = run;
    this.rule = rule;
    this.consumer = consumer;
    this.announcer = announcer;
    this.buffer = buffer;
  }

  @Override
  public void frame(FrameView frame) {
    Meaning meaning = judge(frame);
    if (meaning != Meaning.NOISE) {
      tell(meaning, frame);
    }
    show(frame);
  }

  /** Shows a frame to the host that no rule is asked about. */
  void show(FrameView frame) {
    if (consumer != null) {
      try {
        consumer.accept(frame);
      } catch (RuntimeException | Error e) {
        complain("The consumer of frames", ++consumerFailures, e);
      }
    }
  }

  @Override
  public void dropped(long bytes) {
    buffer.dropped(bytes);
  }

  @Override
  public void violation(ProtocolError.Kind kind, long offset) {
    buffer.violation(kind, offset);
  }

  private Meaning judge(FrameView frame) {
    try {
      Meaning meaning = rule.judge(frame);
      if (meaning != null) {
        return meaning;
      }
      complain("The marker rule", ++ruleFailures, new NullPointerException("it returned null"));
    } catch (RuntimeException | Error e) {
      complain("The marker rule", ++ruleFailures, e);
    }
    return Meaning.NOISE;
  }

  private void tell(Meaning meaning, FrameView frame) {
    switch (meaning) {
      case PROGRESS -> announcer.progress();
      case RESULT -> announcer.result(frame.text());
      case TOOL_STARTED -> announcer.tools(1);
      case TOOL_ENDED -> announcer.tools(-1);
      case NOISE -> {}
    }
  }

  /** Logs the first failure of a run, then the second, the fourth, the eighth and so on. */
  private void complain(String who, long count, Throwable e) {
    if (Long.bitCount(count) == 1) {
      log.warn("{} of run {} threw ({} times so far)", who, run, count, e);
    }
  }
}
