package dev.reliability.core.runtime;

/** placeholder */
final class SystemRuntime {
  private SystemRuntime() {}

  static Builder builder() {
    throw new IllegalStateException();
  }

  static final class Builder {
    ReliabilityRuntime build() {
      throw new IllegalStateException();
    }
  }
}
