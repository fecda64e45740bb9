package dev.reliability.testkit.store;

import dev.reliability.core.store.Claim;
import dev.reliability.core.store.ClaimRequest;
import dev.reliability.core.store.Completion;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.ItemView;
import dev.reliability.core.store.Lease;
import dev.reliability.core.store.LeaseStore;
import dev.reliability.core.store.Renewal;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/** Lease stores in each of which one step of claiming, queueing or forgetting is done wrong. */
final class BrokenClaims {

  private BrokenClaims() {}

  @NoticedBy("lostLeasesConsumeAttempts")
  static LeaseStore lostLeasesAreNoAttempts(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      public synchronized Claim claim(ItemKey key, ClaimRequest request) {
        Item item = items.get(key);
        if (item != null && item.state == ItemView.State.LEASED && !isHeld(item)) {
          item.attempts--;
        }
        return super.claim(key, request);
      }
    };
  }

  @NoticedBy("leasesGivenBackConsumeAttempts")
  static LeaseStore leasesGivenBackAreNoAttempts(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      public synchronized Renewal release(ItemKey key, long token) {
        Renewal answer = super.release(key, token);
        if (answer.isHeld()) {
          items.get(key).attempts--;
        }
        return answer;
      }
    };
  }

  @NoticedBy("aSecondClaimIsADuplicateThatNamesTheHolder")
  static LeaseStore duplicateClaimGranted(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      public synchronized Claim claim(ItemKey key, ClaimRequest request) {
        Claim claim = super.claim(key, request);
        return claim instanceof Claim.Duplicate d && d.holder().equals(request.holder())
            ? new Claim.Granted(granted(key, request))
            : claim;
      }
    };
  }

  @NoticedBy("theLastAttemptUnderWayIsADuplicate")
  static LeaseStore attemptsCheckedBeforeTheLease(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      public synchronized Claim claim(ItemKey key, ClaimRequest request) {
        Item item = items.get(key);
        boolean spent =
            item != null
                && item.state == ItemView.State.LEASED
                && item.attempts >= request.maxAttempts();
        return spent && refusalOfLane(key) == null
            ? new Claim.AttemptsExhausted(item.attempts)
            : super.claim(key, request);
      }
    };
  }

  @NoticedBy("aClaimLooksAtThePauseFirst")
  static LeaseStore pauseCheckedLast(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      public synchronized Claim claim(ItemKey key, ClaimRequest request) {
        Claim refusal = refusalOfItem(key, request);
        return refusal != null ? refusal : super.claim(key, request);
      }
    };
  }

  @NoticedBy("nothingIsClaimedInAPausedLane")
  static LeaseStore refusalMakesKnown(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      public synchronized Claim claim(ItemKey key, ClaimRequest request) {
        super.enqueue(key, null);
        return super.claim(key, request);
      }
    };
  }

  @NoticedBy("anItemIsEnqueuedOnce")
  static LeaseStore enqueueReplacesThePayload(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      public synchronized boolean enqueue(ItemKey key, String payload) {
        Item item = items.get(key);
        if (item != null && item.state == ItemView.State.QUEUED) {
          items.remove(key);
        }
        return super.enqueue(key, payload);
      }
    };
  }

  @NoticedBy("anItemIsEnqueuedOnce")
  static LeaseStore enqueueRevivesWhatIsDone(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      public synchronized boolean enqueue(ItemKey key, String payload) {
        Item item = items.get(key);
        if (item != null && item.state == ItemView.State.DONE) {
          items.remove(key);
        }
        return super.enqueue(key, payload);
      }
    };
  }

  @NoticedBy("theQueueIsClaimedOldestFirstUpToTheLimit")
  static LeaseStore newestFirst(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      Comparator<Item> order() {
        return super.order().reversed();
      }
    };
  }

  @NoticedBy({"theQueueIsClaimedOldestFirstUpToTheLimit", "aBatchIsOfOneItemAtLeast"})
  static LeaseStore batchBeyondItsLimit(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      public synchronized List<Lease> claimQueued(String lane, int limit, ClaimRequest request) {
        return super.claimQueued(lane, limit + 1, request);
      }
    };
  }

  @NoticedBy("aBatchPicksUpWhatRanOut")
  static LeaseStore batchOnlyOfWhatIsQueued(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      public synchronized List<Lease> claimQueued(String lane, int limit, ClaimRequest request) {
        return queued(lane, limit, request).stream()
            .filter(key -> items.get(key).state == ItemView.State.QUEUED)
            .map(key -> granted(key, request))
            .toList();
      }
    };
  }

  @NoticedBy("aBatchPassesOverWhatMayNotBeClaimed")
  static LeaseStore batchWhateverTheAttempts(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      public synchronized List<Lease> claimQueued(String lane, int limit, ClaimRequest request) {
        return super.claimQueued(
            lane,
            limit,
            new ClaimRequest(request.holder(), request.ttl(), 1_000, request.budget()));
      }
    };
  }

  @NoticedBy("textsComeBackAsTheyWere")
  static LeaseStore payloadCutAt255(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      public synchronized boolean enqueue(ItemKey key, String payload) {
        boolean cut = payload != null && payload.length() > 255;
        return super.enqueue(key, cut ? payload.substring(0, 255) : payload);
      }
    };
  }

  @NoticedBy("textsComeBackAsTheyWere")
  static LeaseStore emptyIsNull(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      public synchronized Completion complete(ItemKey key, long token, String result) {
        return super.complete(key, token, Objects.equals(result, "") ? null : result);
      }
    };
  }

  @NoticedBy({"whatWasDoneBeforeIsPurged", "aDuplicateIsRecognisedUntilThePurge"})
  static LeaseStore purgeOfWhatWasDoneAtTheInstant(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      boolean isOver(Item item, Instant before) {
        return item.state == ItemView.State.DONE && !item.doneAt.isAfter(before);
      }
    };
  }

  @NoticedBy("whatIsNotDoneIsNotPurged")
  static LeaseStore purgeOfWhatIsOld(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      boolean isOver(Item item, Instant before) {
        return item.enqueuedAt.isBefore(before);
      }
    };
  }

  @NoticedBy("lookingChangesNothing")
  static LeaseStore lookingPutsBackWhatRanOut(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      public synchronized List<ItemView> items(ItemView.State state, String lane, int limit) {
        for (Item item : items.values()) {
          if (item.state == ItemView.State.LEASED && !isHeld(item)) {
            item.state = ItemView.State.QUEUED;
          }
        }
        return super.items(state, lane, limit);
      }
    };
  }

  @NoticedBy("itemsWhoseAttemptsAreSpentAreShown")
  static LeaseStore heldItemsShownAsExhausted(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      boolean isNobodys(Item item) {
        return item.state != ItemView.State.DONE;
      }
    };
  }

  @NoticedBy("itemsWhoseAttemptsAreSpentAreShown")
  static LeaseStore queuedItemsOnlyShownAsExhausted(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      boolean isNobodys(Item item) {
        return item.state == ItemView.State.QUEUED;
      }
    };
  }

  @NoticedBy("itemsWhoseAttemptsAreSpentAreShown")
  static LeaseStore doneItemsShownAsExhausted(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      boolean isNobodys(Item item) {
        return !isHeld(item);
      }
    };
  }
}
