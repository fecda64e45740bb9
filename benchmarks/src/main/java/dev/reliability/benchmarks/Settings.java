package dev.reliability.benchmarks;

/** How long to measure. {@code -Dquick} measures just long enough to see that everything runs. */
final class Settings {
  /** True with {@code -Dquick}. */
  static final boolean QUICK = System.getProperty("quick") != null;

  /** How often each thing is measured, in turns; {@code -Drounds=n} changes it. */
  static final int ROUNDS = Integer.getInteger("rounds", QUICK ? 1 : 3);

  /**
   * True with {@code -Dby=cpu}: rows that JMH measures are compared by processor time instead of
   * wall time, which is steadier while others use the machine too.
   */
  static final boolean BY_CPU = "cpu".equals(System.getProperty("by"));

  private Settings() {}

  /** One value for a proper run, another for a quick one. */
  static int pick(int proper, int quick) {
    return QUICK ? quick : proper;
  }
}
