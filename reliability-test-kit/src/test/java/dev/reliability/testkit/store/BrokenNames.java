package dev.reliability.testkit.store;

import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.LeaseStore;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.function.Supplier;

/** Lease stores that keep other names or texts than they were given. */
final class BrokenNames {

  private BrokenNames() {}

  @NoticedBy("badLaneNamesAreRefused")
  static LeaseStore anyLaneTaken(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      String checked(String lane) {
        return lane;
      }
    };
  }

  @NoticedBy("badLaneNamesAreRefused")
  static LeaseStore blankLanesOnlyRefused(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      String checked(String lane) {
        if (lane.isBlank()) {
          throw new IllegalArgumentException("lane: expected a name, got \"" + lane + "\"");
        }
        return lane;
      }
    };
  }

  @NoticedBy("badTextsAreRefused")
  static LeaseStore anyTextTaken(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      void check(String what, String text) {}
    };
  }

  @NoticedBy("theLongestNamesComeBackAsTheyWere")
  static LeaseStore namesOf255Bytes(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      private String cut(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        return bytes.length <= 255 ? name : new String(bytes, 0, 252, StandardCharsets.UTF_8);
      }

      @Override
      Item at(ItemKey key) {
        return items.values().stream()
            .filter(item -> cut(item.key.lane()).equals(cut(key.lane())))
            .filter(item -> cut(item.key.item()).equals(cut(key.item())))
            .findFirst()
            .orElse(null);
      }
    };
  }

  @NoticedBy("textsComeBackAsTheyWere")
  static LeaseStore controlsDropped(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      public synchronized boolean enqueue(ItemKey key, String payload) {
        return super.enqueue(
            key, payload == null ? null : payload.replaceAll("[\u0001-\u0008]", ""));
      }
    };
  }
}
