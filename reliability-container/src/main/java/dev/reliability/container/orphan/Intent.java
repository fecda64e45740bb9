package dev.reliability.container.orphan;

import dev.reliability.core.run.RunContext;
import java.util.Objects;

/**
 * What is about to be started. Immutable.
 *
 * @param kind who starts it and will recognise it: {@code process}, or an engine's name
 * @param run the run's id
 * @param attempt which attempt to spawn it is
 * @param lane the lane of its work
 * @param item the item of its work
 * @param owner the incarnation of the supervisor
 * @param cookie by what it is recognised as long as nobody knows who it became: the value of a
 *     variable in its environment, or a container's name
 */
public record Intent(
    String kind, String run, int attempt, String lane, String item, String owner, String cookie) {

  /** One attempt of a run. */
  public static Intent of(String kind, RunContext context, String cookie) {
    return new Intent(
        kind,
        context.run(),
        context.attempt(),
        context.work().lane(),
        context.work().item(),
        context.owner(),
        cookie);
  }

  /** Checks that nothing is null. */
  public Intent {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(run, "run");
    Objects.requireNonNull(lane, "lane");
    Objects.requireNonNull(item, "item");
    Objects.requireNonNull(owner, "owner");
    Objects.requireNonNull(cookie, "cookie");
  }
}
