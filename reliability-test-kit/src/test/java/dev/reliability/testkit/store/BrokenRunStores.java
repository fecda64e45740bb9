package dev.reliability.testkit.store;

import dev.reliability.core.event.RunState;
import dev.reliability.core.store.RunLifecycle;
import dev.reliability.core.store.RunRecord;
import dev.reliability.core.store.RunStore;
import dev.reliability.core.store.StoredText;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Stores of runs in each of which one step is done wrong. */
final class BrokenRunStores {

  private BrokenRunStores() {}

  /** The one that is right. */
  static class Plain implements RunStore {
    final Map<String, RunRecord> runs = new LinkedHashMap<>();

    @Override
    public synchronized boolean create(RunRecord record) {
      if (record.state() != RunState.QUEUED) {
        throw new IllegalArgumentException("not queued");
      }
      return runs.putIfAbsent(record.id(), record) == null;
    }

    @Override
    public synchronized Transition transition(RunState expected, RunRecord next) {
      Transition refusal = refusal(expected, next);
      return refusal != null ? refusal : replaced(next);
    }

    final Transition refusal(RunState expected, RunRecord next) {
      RunRecord actual = runs.get(next.id());
      if (actual == null) {
        return new NotFound(next.id());
      }
      if (!isExpected(actual, expected)) {
        return new Conflict(actual, "not " + expected);
      }
      return mayBecome(actual.state(), next.state()) ? null : new Conflict(actual, "no such edge");
    }

    Transition replaced(RunRecord next) {
      runs.put(next.id(), next);
      return new Applied(next);
    }

    boolean isExpected(RunRecord actual, RunState expected) {
      return actual.state() == expected;
    }

    boolean mayBecome(RunState from, RunState to) {
      return RunLifecycle.next(from).contains(to);
    }

    @Override
    public synchronized Optional<RunRecord> find(String id) {
      return Optional.ofNullable(runs.get(StoredText.checkedName("run", id)));
    }

    @Override
    public synchronized List<RunRecord> findByState(Set<RunState> states, int limit) {
      return runs.values().stream()
          .filter(run -> states.contains(run.state()))
          .sorted(order())
          .limit(limit)
          .toList();
    }

    Comparator<RunRecord> order() {
      return Comparator.comparing(RunRecord::createdAt);
    }

    @Override
    public synchronized int purge(Instant before) {
      int size = runs.size();
      runs.values().removeIf(run -> isOver(run, before));
      return size - runs.size();
    }

    boolean isOver(RunRecord run, Instant before) {
      return run.endedAt() != null && run.endedAt().isBefore(before);
    }
  }

  @NoticedBy("aSecondRunOfTheSameIdIsNotCreated")
  static RunStore createReplaces() {
    return new Plain() {
      @Override
      public synchronized boolean create(RunRecord record) {
        runs.remove(record.id());
        return super.create(record);
      }
    };
  }

  @NoticedBy("onlyAQueuedRunIsCreated")
  static RunStore createsWhatIsNotQueued() {
    return new Plain() {
      @Override
      public synchronized boolean create(RunRecord record) {
        return runs.putIfAbsent(record.id(), record) == null;
      }
    };
  }

  @NoticedBy("ofManyCreatesOneWins")
  static RunStore createsInTwoSteps() {
    Gap gap = new Gap();
    return new Plain() {
      @SuppressWarnings("UnsynchronizedOverridesSynchronized") // that is the fault
      @Override
      public boolean create(RunRecord record) {
        if (find(record.id()).isPresent()) {
          return false;
        }
        gap.pass();
        synchronized (this) {
          runs.put(record.id(), record);
          return true;
        }
      }
    };
  }

  @NoticedBy("aTransitionFromAnotherStateIsAConflict")
  static RunStore stateUnchecked() {
    return new Plain() {
      @Override
      boolean isExpected(RunRecord actual, RunState expected) {
        return true;
      }
    };
  }

  @NoticedBy("onlyTheEdgesOfTheLifecycleAreTaken")
  static RunStore edgesUnchecked() {
    return new Plain() {
      @Override
      boolean mayBecome(RunState from, RunState to) {
        return true;
      }
    };
  }

  @NoticedBy("onlyTheEdgesOfTheLifecycleAreTaken")
  static RunStore endedAbsorbsReviews() {
    return new Plain() {
      @Override
      boolean mayBecome(RunState from, RunState to) {
        return !from.isEnded() && super.mayBecome(from, to);
      }
    };
  }

  @NoticedBy("ofManyTransitionsOneWinsEachEdge")
  static RunStore stateCheckedInAStepOfItsOwn() {
    Gap gap = new Gap();
    return new Plain() {
      @SuppressWarnings("UnsynchronizedOverridesSynchronized")
      @Override
      public Transition transition(RunState expected, RunRecord next) {
        synchronized (this) {
          Transition refusal = refusal(expected, next);
          if (refusal != null) {
            return refusal;
          }
        }
        gap.pass();
        synchronized (this) {
          return replaced(next);
        }
      }
    };
  }

  @NoticedBy("aTransitionReplacesTheWholeRecord")
  static RunStore onlyTheStateReplaced() {
    return new Plain() {
      @Override
      Transition replaced(RunRecord next) {
        RunRecord old = runs.get(next.id());
        runs.put(
            next.id(),
            new RunRecord(
                old.id(),
                old.lane(),
                old.item(),
                next.state(),
                old.worker(),
                next.reason(),
                next.detail(),
                old.owner(),
                old.createdAt(),
                old.startedAt(),
                next.endedAt()));
        return new Applied(next);
      }
    };
  }

  @NoticedBy("aTransitionOfNobodyIsNotFound")
  static RunStore nobodyCreatedByATransition() {
    return new Plain() {
      @Override
      public synchronized Transition transition(RunState expected, RunRecord next) {
        Transition answer = super.transition(expected, next);
        return answer instanceof NotFound ? replaced(next) : answer;
      }
    };
  }

  @NoticedBy("aTransitionReplacesTheWholeRecord")
  static RunStore timesInSeconds() {
    return new Plain() {
      @Override
      Transition replaced(RunRecord next) {
        Transition answer = super.replaced(next);
        Instant started = next.startedAt();
        if (started != null) {
          Instant cut = Instant.ofEpochSecond(started.getEpochSecond());
          runs.put(
              next.id(),
              new RunRecord(
                  next.id(),
                  next.lane(),
                  next.item(),
                  next.state(),
                  next.worker(),
                  next.reason(),
                  next.detail(),
                  next.owner(),
                  next.createdAt(),
                  cut,
                  next.endedAt()));
        }
        return answer;
      }
    };
  }

  @NoticedBy("runsAreListedOldestFirst")
  static RunStore newestFirst() {
    return new Plain() {
      @Override
      Comparator<RunRecord> order() {
        return super.order().reversed();
      }
    };
  }

  @NoticedBy("runsAreListedOldestFirst")
  static RunStore limitIgnored() {
    return new Plain() {
      @Override
      public synchronized List<RunRecord> findByState(Set<RunState> states, int limit) {
        return super.findByState(states, Integer.MAX_VALUE);
      }
    };
  }

  @NoticedBy("runsAreListedOldestFirst")
  static RunStore noStateIsAnyState() {
    return new Plain() {
      @Override
      public synchronized List<RunRecord> findByState(Set<RunState> states, int limit) {
        return super.findByState(states.isEmpty() ? Set.of(RunState.values()) : states, limit);
      }
    };
  }

  @NoticedBy("whatEndedBeforeIsPurged")
  static RunStore purgeOfWhatIsOld() {
    return new Plain() {
      @Override
      boolean isOver(RunRecord run, Instant before) {
        return run.createdAt().isBefore(before);
      }
    };
  }

  @NoticedBy("whatEndedBeforeIsPurged")
  static RunStore purgeOfWhatEndedAtTheInstant() {
    return new Plain() {
      @Override
      boolean isOver(RunRecord run, Instant before) {
        return run.endedAt() != null && !run.endedAt().isAfter(before);
      }
    };
  }

  @NoticedBy("whatEndedBeforeIsPurged")
  static RunStore purgeOfTerminalStatesOnly() {
    return new Plain() {
      @Override
      boolean isOver(RunRecord run, Instant before) {
        return super.isOver(run, before) && RunLifecycle.isTerminal(run.state());
      }
    };
  }

  @NoticedBy("badIdsAreRefused")
  static RunStore anyIdLookedFor() {
    return new Plain() {
      @Override
      public synchronized Optional<RunRecord> find(String id) {
        return Optional.ofNullable(runs.get(id));
      }
    };
  }

  @NoticedBy("theLongestIdsComeBackAsTheyWere")
  static RunStore idsOf255Characters() {
    return new Plain() {
      @Override
      public synchronized Optional<RunRecord> find(String id) {
        return super.find(id)
            .or(
                () ->
                    runs.values().stream()
                        .filter(
                            run -> id.length() >= 254 && run.id().startsWith(id.substring(0, 254)))
                        .findFirst());
      }
    };
  }
}
