package dev.reliability.testkit.link;

import dev.reliability.core.link.CloseClass;
import dev.reliability.core.link.CloseReason;
import dev.reliability.core.link.Link;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** The fake keeps what links promise. */
class FakeLinkContractTest extends LinkContract implements LinkRemote {
  private static final CloseReason GONE = CloseReason.of(CloseClass.RETRY, "428", "gone");

  private final World world = World.create(11);
  private final FakeLink link = FakeLink.playing(world, LinkPlan.opens());

  @Override
  protected Link link() {
    return link;
  }

  @Override
  protected LinkRemote remote() {
    return this;
  }

  @Override
  protected void until(String what, BooleanSupplier condition) {
    world.runUntil(condition, Duration.ofMinutes(1));
    if (!condition.getAsBoolean()) {
      throw new AssertionError("never came true: " + what);
    }
  }

  @Override
  public void accept() {
    link.play(LinkPlan.opens());
  }

  @Override
  public void refuse() {
    link.play(LinkPlan.refused(GONE));
  }

  @Override
  public void beSilent() {
    link.play(LinkPlan.silent());
  }

  @Override
  public void speak() {
    link.speak();
  }

  @Override
  public void drop() {
    link.drop(GONE);
  }
}
