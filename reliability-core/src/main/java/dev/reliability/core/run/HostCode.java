package dev.reliability.core.run;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Calls into the host: with lane, item and run in the logging context, and with nothing thrown back
 * at us.
 */
final class HostCode {
  private static final Logger log = LoggerFactory.getLogger(RunSupervisor.class);

  private final String run;
  private final Work work;

  HostCode(String run, Work work) {
    this.run = run;
    this.work = work;
  }

  /** What it does may throw; null if it returned normally, else what it threw. */
  @Nullable Throwable call(String what, Runnable code) {
    MDC.put("lane", work.lane());
    MDC.put("item", work.item());
    MDC.put("run", run);
    try {
      code.run();
      return null;
    } catch (Throwable e) {
      log.warn("run {} ({}/{}): {} threw", run, work.lane(), work.item(), what, e);
      return e;
    } finally {
      MDC.remove("lane");
      MDC.remove("item");
      MDC.remove("run");
    }
  }
}
