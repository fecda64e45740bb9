package dev.reliability.testkit.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.reliability.core.runtime.Strand;
import dev.reliability.core.store.Claim;
import dev.reliability.core.store.ClaimRequest;
import dev.reliability.core.store.Completion;
import dev.reliability.core.store.InMemoryLeaseStore;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.Lease;
import dev.reliability.core.store.LeaseStore;
import dev.reliability.testkit.junit.WorldExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The example of the README. */
@ExtendWith(WorldExtension.class)
class TwoNodesTest {
  private static final ItemKey ITEM = new ItemKey("lane", "item");
  private static final ClaimRequest FOR_A_MINUTE =
      new ClaimRequest("somebody", Duration.ofMinutes(1), 3, Duration.ofHours(1));

  @Test
  void whoWasPausedForTooLongCompletesNothing(World world) {
    LeaseStore store = new InMemoryLeaseStore(world.time());
    Node a = world.node("a");
    LeaseStore ofA = a.connect(LeaseStore.class, store);
    Lease lease = ((Claim.Granted) ofA.claim(ITEM, FOR_A_MINUTE)).lease();
    List<Completion> late = new ArrayList<>();
    a.strand(Strand.Kind.IO, "work")
        .execute(() -> late.add(ofA.complete(ITEM, lease.token(), "result")));
    a.pause(Duration.ofMinutes(2));
    world.advance(Duration.ofMinutes(1));
    assertInstanceOf(
        Claim.Granted.class,
        world.node("b").connect(LeaseStore.class, store).claim(ITEM, FOR_A_MINUTE));
    world.advance(Duration.ofMinutes(1));
    assertEquals(List.of(new Completion.Superseded(2)), late);
  }
}
