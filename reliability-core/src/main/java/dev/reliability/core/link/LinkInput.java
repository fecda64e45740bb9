package dev.reliability.core.link;

/** What the control strand of a link is told. */
sealed interface LinkInput {

  /** {@code first} starts only what nobody has started yet. */
  record Start(String actor, String reason, boolean first) implements LinkInput {}

  record Stop(String actor, String reason) implements LinkInput {}

  record Opened(Connection connection) implements LinkInput {}

  record Pairing(Connection connection, boolean waits) implements LinkInput {}

  record Closed(Connection connection, CloseReason reason) implements LinkInput {}

  /** What a probe came to: whether the other side was asked. */
  record Probed(Connection connection, boolean asked) implements LinkInput {}
}
