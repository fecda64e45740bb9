package dev.reliability.testkit.store;

import dev.reliability.core.store.Claim;
import dev.reliability.core.store.ClaimRequest;
import dev.reliability.core.store.Completion;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.ItemView;
import dev.reliability.core.store.LaneView;
import dev.reliability.core.store.Lease;
import dev.reliability.core.store.LeaseStore;
import dev.reliability.core.store.Renewal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/** Lease stores that pause wrongly, or do in two steps what is to be one. */
final class BrokenLanes {

  private BrokenLanes() {}

  // ---- pauses ----

  @NoticedBy({"aPausedLaneStaysAsItIs", "ofManyPausesOneIsTheReason"})
  static LeaseStore secondPauseOverwrites(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      public synchronized LaneView pauseLane(
          String name, Long episode, String actor, String reason) {
        Lane lane = lane((Object) name);
        if (lane.paused) {
          lane.reason = reason;
          lane.actor = actor;
          lane.since = now();
        }
        return super.pauseLane(name, episode, actor, reason);
      }
    };
  }

  @NoticedBy("aPauseOfAnotherEpisodeDoesNothing")
  static LeaseStore pauseWhateverTheEpisode(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      public synchronized LaneView pauseLane(
          String name, Long episode, String actor, String reason) {
        return super.pauseLane(name, null, actor, reason);
      }
    };
  }

  @NoticedBy({"aResumeBeginsANewEpisode", "theCompletionOfTheTrialResumesTheLane"})
  static LeaseStore resumeInTheSameEpisode(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      void resumed(Lane lane) {
        super.resumed(lane);
        lane.episode--;
      }
    };
  }

  @NoticedBy({"aLaneThatIsNotPausedIsNotResumed", "ofManyPausesOneIsTheReason"})
  static LeaseStore everyResumeCounts(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      public synchronized LaneView resumeLane(
          String name, Long episode, String actor, String reason, Duration trial) {
        Lane lane = lane((Object) name);
        if (!lane.paused) {
          lane.episode++;
        }
        return super.resumeLane(name, episode, actor, reason, trial);
      }
    };
  }

  @NoticedBy("aResumeOfAnotherEpisodeDoesNothing")
  static LeaseStore resumeWhateverTheEpisode(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      public synchronized LaneView resumeLane(
          String name, Long episode, String actor, String reason, Duration trial) {
        return super.resumeLane(name, null, actor, reason, trial);
      }
    };
  }

  @NoticedBy("theLastResumeIsKept")
  static LeaseStore resumeForgotten(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      public synchronized LaneView pauseLane(
          String name, Long episode, String actor, String reason) {
        lane((Object) name).resume = null;
        return super.pauseLane(name, episode, actor, reason);
      }
    };
  }

  @NoticedBy({"nothingIsClaimedInAPausedLane", "aClaimLooksAtThePauseFirst"})
  static LeaseStore batchWhateverThePause(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      public synchronized List<Lease> claimQueued(String name, int limit, ClaimRequest request) {
        Lane lane = lane((Object) name);
        boolean paused = lane.paused;
        lane.paused = false;
        List<Lease> leases = super.claimQueued(name, limit, request);
        lane.paused = paused;
        return leases;
      }
    };
  }

  @NoticedBy("aCompletionInFlightDoesNotChangeThePause")
  static LeaseStore completionClearsThePause(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      public synchronized Completion complete(ItemKey key, long token, String result) {
        Completion answer = super.complete(key, token, result);
        Lane lane = lane((Object) key.lane());
        if (answer instanceof Completion.Accepted && lane.paused) {
          resumed(lane);
        }
        return answer;
      }
    };
  }

  @NoticedBy({"theCompletionOfAnotherItemDoesNotResumeTheLane", "aTrialRunsOut"})
  static LeaseStore anyCompletionEndsATrial(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      boolean isInFlightOfTheTrial(Lane lane, Item item) {
        return lane.trialTime != null;
      }
    };
  }

  @NoticedBy("aPauseTakesNothingFromAHolder")
  static LeaseStore pauseStopsHolders(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      public synchronized Renewal renew(ItemKey key, long token, Duration ttl) {
        return lane((Object) key.lane()).paused
            ? new Renewal.Lost("expired")
            : super.renew(key, token, ttl);
      }
    };
  }

  // ---- two steps instead of one ----

  @NoticedBy({"nothingIsClaimedOnceThePauseIsTold", "ofManyClaimsOnTrialOneIsGranted"})
  static LeaseStore pauseCheckedInAStepOfItsOwn(Supplier<Instant> clock) {
    Gap gap = new Gap();
    return new NaiveLeaseStore(clock) {
      private volatile boolean looked;

      @SuppressWarnings("UnsynchronizedOverridesSynchronized") // that is the fault
      @Override
      public Claim claim(ItemKey key, ClaimRequest request) {
        synchronized (this) {
          Claim refusal = refusalOfLane(key);
          if (refusal != null) {
            return refusal;
          }
        }
        gap.pass(() -> looked);
        synchronized (this) {
          Claim refusal = refusalOfItem(key, request);
          return refusal != null ? refusal : new Claim.Granted(granted(key, request));
        }
      }

      @SuppressWarnings("UnsynchronizedOverridesSynchronized")
      @Override
      public LaneView pauseLane(String lane, Long episode, String actor, String reason) {
        looked = false;
        gap.overtake();
        return super.pauseLane(lane, episode, actor, reason);
      }

      @SuppressWarnings("UnsynchronizedOverridesSynchronized")
      @Override
      public List<ItemView> items(ItemView.State state, String lane, int limit) {
        List<ItemView> items = super.items(state, lane, limit);
        looked = true;
        return items;
      }
    };
  }

  @NoticedBy({
    "ofManyClaimsOfOneItemOneIsGranted",
    "aLeaseKeepsHoldersApart",
    "ofManyClaimsOnTrialOneIsGranted"
  })
  static LeaseStore claimInTwoSteps(Supplier<Instant> clock) {
    Gap gap = new Gap();
    return new NaiveLeaseStore(clock) {
      @SuppressWarnings("UnsynchronizedOverridesSynchronized")
      @Override
      public Claim claim(ItemKey key, ClaimRequest request) {
        synchronized (this) {
          Claim refusal = refusalOfLane(key);
          refusal = refusal != null ? refusal : refusalOfItem(key, request);
          if (refusal != null) {
            return refusal;
          }
        }
        gap.pass();
        synchronized (this) {
          return new Claim.Granted(granted(key, request));
        }
      }
    };
  }

  @NoticedBy("ofManyItemsEachIsClaimedOnce")
  static LeaseStore batchInTwoSteps(Supplier<Instant> clock) {
    Gap gap = new Gap();
    return new NaiveLeaseStore(clock) {
      @SuppressWarnings("UnsynchronizedOverridesSynchronized")
      @Override
      public List<Lease> claimQueued(String lane, int limit, ClaimRequest request) {
        List<ItemKey> keys;
        synchronized (this) {
          keys = queued(lane, limit, request);
        }
        gap.pass();
        synchronized (this) {
          return keys.stream().map(key -> granted(key, request)).toList();
        }
      }
    };
  }

  @NoticedBy("ofManyEnqueuesOneIsTheFirst")
  static LeaseStore enqueueInTwoSteps(Supplier<Instant> clock) {
    Gap gap = new Gap();
    return new NaiveLeaseStore(clock) {
      @SuppressWarnings("UnsynchronizedOverridesSynchronized")
      @Override
      public boolean enqueue(ItemKey key, String payload) {
        if (find(key).isPresent()) {
          return false;
        }
        gap.pass();
        synchronized (this) {
          items.remove(key);
          return super.enqueue(key, payload);
        }
      }
    };
  }

  @NoticedBy("ofManyCompletionsOneIsAccepted")
  static LeaseStore completionInTwoSteps(Supplier<Instant> clock) {
    Gap gap = new Gap();
    return new NaiveLeaseStore(clock) {
      @SuppressWarnings("UnsynchronizedOverridesSynchronized")
      @Override
      public Completion complete(ItemKey key, long token, String result) {
        boolean done = find(key).map(view -> view.state() == ItemView.State.DONE).orElse(true);
        gap.pass();
        synchronized (this) {
          Item item = items.get(key);
          if (!done && item.token == token) {
            item.state = ItemView.State.LEASED;
          }
          return super.complete(key, token, result);
        }
      }
    };
  }
}
