package dev.reliability.testkit.store;

import dev.reliability.core.store.Claim;
import dev.reliability.core.store.ClaimRequest;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.LaneView;
import dev.reliability.core.store.Lease;
import dev.reliability.core.store.LeaseStore;
import dev.reliability.core.store.Renewal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/** Lease stores that try a paused lane out wrongly. */
final class BrokenTrials {

  private BrokenTrials() {}

  @NoticedBy("aTrialIsOfOneItem")
  static LeaseStore trialOpensTheLane(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      LaneView.Trial trial(Lane lane) {
        return lane.trialTime == null ? LaneView.Trial.NONE : LaneView.Trial.OPEN;
      }
    };
  }

  @NoticedBy("aTrialRunsOut")
  static LeaseStore trialNeverRunsOut(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      LaneView.Trial trial(Lane lane) {
        return lane.trialToken != 0 ? LaneView.Trial.UNDER_WAY : super.trial(lane);
      }
    };
  }

  @NoticedBy("anOpenTrialWaits")
  static LeaseStore trialRunsFromItsOpening(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      private Instant ends = Instant.MAX;

      @Override
      public synchronized LaneView resumeLane(
          String name, Long episode, String actor, String reason, Duration trial) {
        ends = trial == null ? Instant.MAX : now().plus(trial);
        return super.resumeLane(name, episode, actor, reason, trial);
      }

      @Override
      LaneView.Trial trial(Lane lane) {
        return now().isBefore(ends) ? super.trial(lane) : LaneView.Trial.NONE;
      }
    };
  }

  @NoticedBy("givingTheItemBackEndsTheTrial")
  static LeaseStore trialOutlivesGivingBack(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      public synchronized Renewal release(ItemKey key, long token) {
        Lane lane = lane((Object) key.lane());
        long trial = lane.trialToken;
        lane.trialToken = -1;
        Renewal answer = super.release(key, token);
        lane.trialToken = trial;
        return answer;
      }
    };
  }

  @NoticedBy("aTrialEndsWhenTheLaneIsResumed")
  static LeaseStore oldTrialResumesALaterPause(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      private long lastTrial;

      @Override
      public synchronized Claim claim(ItemKey key, ClaimRequest request) {
        Claim claim = super.claim(key, request);
        if (claim instanceof Claim.Granted granted && granted.lease().trial()) {
          lastTrial = granted.lease().token();
        }
        return claim;
      }

      @Override
      boolean isInFlightOfTheTrial(Lane lane, Item item) {
        return lane.paused && item.token == lastTrial;
      }
    };
  }

  @NoticedBy("aBatchOnTrialIsOfOneItem")
  static LeaseStore batchOfManyOnTrial(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      public synchronized List<Lease> claimQueued(String name, int limit, ClaimRequest request) {
        List<Lease> first = super.claimQueued(name, limit, request);
        if (first.isEmpty() || !first.get(0).trial()) {
          return first;
        }
        Lane lane = lane((Object) name);
        lane.paused = false;
        List<Lease> more = super.claimQueued(name, limit, request);
        lane.paused = true;
        return more.isEmpty() ? first : List.of(first.get(0), more.get(0));
      }
    };
  }

  @NoticedBy("aRefusalDoesNotUseTheTrialUp")
  static LeaseStore refusalUsesTheTrialUp(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      public synchronized Claim claim(ItemKey key, ClaimRequest request) {
        Claim claim = super.claim(key, request);
        if (!(claim instanceof Claim.Granted)) {
          lane((Object) key.lane()).noTrial();
        }
        return claim;
      }
    };
  }

  @NoticedBy("aTrialAskedForAgainIsOneTrial")
  static LeaseStore everyAskOpensATrial(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      public synchronized LaneView resumeLane(
          String name, Long episode, String actor, String reason, Duration trial) {
        if (trial != null) {
          lane((Object) name).noTrial();
        }
        return super.resumeLane(name, episode, actor, reason, trial);
      }
    };
  }

  @NoticedBy({"theLastResumeIsKept", "aTrialLeavesTheLanePaused"})
  static LeaseStore trialIsNotKeptAsAResume(Supplier<Instant> clock) {
    return new NaiveLeaseStore(clock) {
      @Override
      public synchronized LaneView resumeLane(
          String name, Long episode, String actor, String reason, Duration trial) {
        Lane lane = lane((Object) name);
        LaneView.Resume before = lane.resume;
        LaneView view = super.resumeLane(name, episode, actor, reason, trial);
        if (trial != null) {
          lane.resume = before;
          return lane(name);
        }
        return view;
      }
    };
  }
}
