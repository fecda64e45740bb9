package dev.reliability.core.check;

/** Something that is needed is not there; the message has every failure, one a line. */
public final class PreflightException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient PreflightReport report;

  PreflightException(PreflightReport report) {
    super(report.complaint());
    this.report = report;
  }

  /** What all checks came to. */
  public PreflightReport report() {
    return report;
  }
}
