package dev.reliability.core.config;

import java.util.List;

/** The environment has values that cannot be used. The message lists all of them. */
public final class ConfigException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final transient List<Problem> problems;

  /**
   * One value that cannot be used.
   *
   * @param name the name it was found under
   * @param value the value as it was found
   * @param expected what was expected instead
   */
  public record Problem(String name, String value, String expected) {

    /** {@code NAME: expected ..., got "..."}. */
    @Override
    public String toString() {
      return name + ": expected " + expected + ", got \"" + value + "\"";
    }
  }

  /** For these problems; at least one. */
  public ConfigException(List<Problem> problems) {
    super(message(problems));
    this.problems = List.copyOf(problems);
  }

  /** Every value that cannot be used. */
  public List<Problem> problems() {
    return problems;
  }

  private static String message(List<Problem> problems) {
    StringBuilder message = new StringBuilder();
    message
        .append(problems.size())
        .append(problems.size() == 1 ? " setting" : " settings")
        .append(" cannot be used");
    problems.forEach(problem -> message.append("; ").append(problem));
    return message.toString();
  }
}
