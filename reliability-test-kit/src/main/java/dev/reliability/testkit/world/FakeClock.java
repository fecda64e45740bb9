package dev.reliability.testkit.world;

import dev.reliability.core.runtime.Durations;
import dev.reliability.core.runtime.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Both clocks, standing still until they are told to move.
 *
 * <p>It can do what real clocks do to a program: be set forward and back, stand still, run fast or
 * slow, and go on while the machine sleeps. It starts at {@link #DEFAULT_START} unless told
 * otherwise, and its monotonic readings start at an arbitrary origin (a negative one is as good as
 * any), so that only differences of readings mean something, as in production.
 *
 * <p>Thread-safe. On its own it runs no timers: that is what a {@link World} is for.
 */
public final class FakeClock implements TimeSource {
  /** Where the wall clock starts: 2026-01-01T00:00:00Z. */
  public static final Instant DEFAULT_START = Instant.parse("2026-01-01T00:00:00Z");

  private final long origin;
  private final AtomicLong elapsed = new AtomicLong();
  private volatile WallRate rate;

  private FakeClock(Instant start, long origin) {
    this.origin = origin;
    this.rate = new WallRate(start, 0, 0, false);
  }

  /** A clock at {@link #DEFAULT_START}. */
  public static FakeClock create() {
    return at(DEFAULT_START);
  }

  /**
   * A clock whose wall reads {@code start}; the monotonic origin is a fixed, odd-looking number.
   */
  public static FakeClock at(Instant start) {
    return at(start, -7_000_000_007L);
  }

  /** A clock whose wall reads {@code start} and whose monotonic reading is {@code originNanos}. */
  public static FakeClock at(Instant start, long originNanos) {
    return new FakeClock(start, originNanos);
  }

  @Override
  public Instant wall() {
    return rate.at(elapsedNanos());
  }

  @Override
  public long nanos() {
    return origin + elapsed.getAcquire();
  }

  /** How far the monotonic clock has moved since the clock was made. */
  public Duration elapsed() {
    return Duration.ofNanos(elapsedNanos());
  }

  /**
   * Lets time pass: both clocks move.
   *
   * @throws IllegalArgumentException if {@code by} is negative
   */
  public void advance(Duration by) {
    long nanos = nanosOf("advance", by);
    elapsed.accumulateAndGet(nanos, Durations::saturatedAdd);
  }

  /**
   * Sets the wall clock forward, or back if {@code by} is negative. The monotonic clock does not
   * move.
   */
  public void stepWall(Duration by) {
    touch(WallRate.by(by));
  }

  /** Sets the wall clock to {@code wall}. The monotonic clock does not move. */
  public void setWall(Instant wall) {
    touch(WallRate.to(wall));
  }

  /**
   * Stops the wall clock while the monotonic one goes on. Only {@link #stepWall}, {@link #setWall}
   * and {@link #suspend} still move it. Freezing a frozen clock changes nothing.
   */
  public void freezeWall() {
    touch(WallRate.frozenTo(true));
  }

  /** Lets the wall clock go on from where it stands. */
  public void thawWall() {
    touch(WallRate.frozenTo(false));
  }

  /**
   * Makes the wall clock run at another speed than the monotonic one from now on.
   *
   * @param ppm how many microseconds it gains in each second of the monotonic clock; negative if it
   *     loses, 0 to run true
   * @throws IllegalArgumentException unless {@code ppm} is above -1,000,000 (it would run backward)
   *     and at most 1,000,000
   */
  public void drift(long ppm) {
    touch(WallRate.drifting(ppm));
  }

  /**
   * The machine sleeps: the wall clock moves on, the monotonic clock does not.
   *
   * @throws IllegalArgumentException if {@code by} is negative
   */
  public void suspend(Duration by) {
    nanosOf("suspend", by);
    stepWall(by);
  }

  /** Nanoseconds since the clock was made. */
  long elapsedNanos() {
    return elapsed.getAcquire();
  }

  /** The time in words, for failures: the wall clock, and how long the monotonic clock has run. */
  String describe() {
    return wall() + " (+" + elapsed() + ")";
  }

  /**
   * Moves both clocks to {@code elapsedNanos} since the clock was made; for the one thread that
   * owns a world.
   */
  void moveTo(long elapsedNanos) {
    elapsed.setRelease(elapsedNanos);
  }

  /** {@code duration} in nanoseconds, or an exception that names the operation and the value. */
  static long nanosOf(String operation, Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException(
          operation + ": time never goes back, expected zero or more, got " + duration);
    }
    return Durations.saturatedNanos(duration);
  }

  private synchronized void touch(WallRate.Touch touch) {
    long now = elapsedNanos();
    WallRate old = rate;
    rate = old.touched(touch, old.at(now), now);
  }
}
