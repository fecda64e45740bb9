package dev.reliability.container.process;

import dev.reliability.core.run.RunContext;
import dev.reliability.core.runtime.Randomness;
import java.nio.charset.StandardCharsets;

/**
 * What one attempt's markers carry, so that nobody else's output is taken for them.
 *
 * @param value the digits
 */
record Nonce(String value) {

  /** A new one. */
  static Nonce of(Randomness randomness, RunContext context) {
    return new Nonce(randomness.nonce("process.markers", context.run() + "/" + context.attempt()));
  }

  /** How a line begins that counts. */
  byte[] prefix() {
    return (value + " ").getBytes(StandardCharsets.UTF_8);
  }

  /** Without the digits, which are nobody's business. */
  @Override
  public String toString() {
    return "Nonce";
  }
}
