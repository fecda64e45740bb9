package dev.reliability.testkit.link;

import dev.reliability.core.link.LinkPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;

/** What the tests of this are made of. */
abstract class LinkSupervisorFixture {
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  static final Duration DAY = Duration.ofDays(1);
  final AtomicReference<FakeLink> link = new AtomicReference<>();

  LinkRig rig(LinkPlan plan) {
    return rig(LinkRig.steady().build(), plan);
  }

  LinkRig rig(LinkPolicy policy, LinkPlan plan) {
    return new LinkRig(
        policy,
        world -> {
          link.set(FakeLink.playing(world, plan));
          return link.get();
        });
  }

  FakeLink link() {
    return link.get();
  }
}
