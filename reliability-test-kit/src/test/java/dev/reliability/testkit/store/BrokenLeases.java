package dev.reliability.testkit.store;

import dev.reliability.core.store.Claim;
import dev.reliability.core.store.ClaimRequest;
import dev.reliability.core.store.Completion;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.ItemView;
import dev.reliability.core.store.LeaseStore;
import dev.reliability.core.store.Renewal;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Lease stores in each of which one step of a holder is done wrong. */
final class BrokenLeases {

  private BrokenLeases() {}

  // ---- tokens and time ----

  @NoticedBy({"aStaleCompletionIsRefused", "aStaleRenewalIsRefused", "aStaleReleaseIsRefused"})
  static LeaseStore tokenUnchecked(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      boolean isCurrent(Item item, long token) {
        return true;
      }
    };
  }

  @NoticedBy("theSameHoldersOldTokenIsStale")
  static LeaseStore ownerCheckedInsteadOfToken(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      private final Map<Long, String> holders = new HashMap<>();

      @Override
      public synchronized Claim claim(ItemKey key, ClaimRequest request) {
        Claim claim = super.claim(key, request);
        if (claim instanceof Claim.Granted granted) {
          holders.put(granted.lease().token(), request.holder());
        }
        return claim;
      }

      @Override
      boolean isCurrent(Item item, long token) {
        return item.holder.equals(holders.get(token));
      }
    };
  }

  @NoticedBy({"aStaleCompletionIsRefused", "aStaleRenewalIsRefused", "aStaleReleaseIsRefused"})
  static LeaseStore anyTokenUpToTheCurrentOne(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      boolean isCurrent(Item item, long token) {
        return token > 0 && token <= item.token;
      }
    };
  }

  @NoticedBy("aTokenThatWasNeverGivenOutIsRefused")
  static LeaseStore anyTokenFromTheCurrentOne(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      boolean isCurrent(Item item, long token) {
        return token >= item.token;
      }
    };
  }

  @NoticedBy("tokensIncreaseOverAPurge")
  static LeaseStore tokenPerKeyRestartingAfterPurge(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      long nextToken(ItemKey key) {
        return items.get(key).token + 1;
      }
    };
  }

  @NoticedBy("tokensIncrease")
  static LeaseStore tokenOfTheItemKept(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      long nextToken(ItemKey key) {
        long before = items.get(key).token;
        return before != 0 ? before : super.nextToken(key);
      }
    };
  }

  @NoticedBy("aRenewalAtTheInstantOfTheEndIsTooLate")
  static LeaseStore renewalAcceptedAtTheEnd(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      public synchronized Renewal renew(ItemKey key, long token, Duration ttl) {
        Item item = items.get(key);
        if (item != null && now().equals(item.until)) {
          item.until = item.until.plusNanos(1);
        }
        return super.renew(key, token, ttl);
      }
    };
  }

  @NoticedBy("aRenewalAtTheInstantOfTheEndIsTooLate")
  static LeaseStore renewalAcceptedWhileNobodyClaimed(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      public synchronized Renewal renew(ItemKey key, long token, Duration ttl) {
        Item item = items.get(key);
        if ("expired".equals(lost(item, token))) {
          item.until = now().plus(ttl);
          return new Renewal.Held(item.until);
        }
        return super.renew(key, token, ttl);
      }
    };
  }

  @NoticedBy("aRenewalHoldsFromNow")
  static LeaseStore renewalFromTheOldEnd(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      public synchronized Renewal renew(ItemKey key, long token, Duration ttl) {
        Item item = items.get(key);
        Duration left = item == null ? null : Duration.between(now(), item.until);
        return super.renew(key, token, left == null ? ttl : ttl.plus(left));
      }
    };
  }

  @NoticedBy({"aLeaseIsLostAtTheInstantOfItsEndAndNotBefore", "aBatchPicksUpWhatRanOut"})
  static LeaseStore leaseHeldAtItsEnd(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      boolean isHeld(Item item) {
        return item.state == ItemView.State.LEASED && !now().isAfter(item.until);
      }
    };
  }

  @NoticedBy({
    "aLeaseIsLostAtTheInstantOfItsEndAndNotBefore",
    "aRenewalAtTheInstantOfTheEndIsTooLate"
  })
  static LeaseStore leaseLostOneStepTooEarly(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      boolean isHeld(Item item) {
        return super.isHeld(item) && now().plusNanos(1).isBefore(item.until);
      }
    };
  }

  @NoticedBy({"aStaleReleaseIsRefused", "aReleaseAskedForTwiceFreesOnlyItsOwnLease"})
  static LeaseStore staleReleaseFrees(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      public synchronized Renewal release(ItemKey key, long token) {
        Item item = items.get(key);
        return super.release(key, item == null ? token : item.token);
      }
    };
  }

  @NoticedBy("aStaleReleaseIsRefused")
  static LeaseStore expiredLeaseGivenBack(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      public synchronized Renewal release(ItemKey key, long token) {
        Item item = items.get(key);
        if ("expired".equals(lost(item, token))) {
          item.state = ItemView.State.QUEUED;
          return new Renewal.Held(now());
        }
        return super.release(key, token);
      }
    };
  }

  @NoticedBy({
    "aCompletionAfterTheEndIsAcceptedWhileNobodyElseClaimed",
    "theLastAttemptMayBeCompletedLate"
  })
  static LeaseStore completionOfALostLeaseRefused(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      public synchronized Completion complete(ItemKey key, long token, String result) {
        Item item = items.get(key);
        return "expired".equals(lost(item, token))
            ? new Completion.Superseded(item.token)
            : super.complete(key, token, result);
      }
    };
  }

  @NoticedBy("aDuplicateCompletionIsFineAndChangesNothing")
  static LeaseStore duplicateCompletionWritten(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      public synchronized Completion complete(ItemKey key, long token, String result) {
        Completion answer = super.complete(key, token, result);
        if (answer instanceof Completion.Duplicate) {
          items.get(key).result = result;
        }
        return answer;
      }
    };
  }

  @NoticedBy("aStaleCompletionIsRefused")
  static LeaseStore doneCompletedByAnyToken(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      boolean isCurrent(Item item, long token) {
        return super.isCurrent(item, token) || item.state == ItemView.State.DONE;
      }
    };
  }
}
