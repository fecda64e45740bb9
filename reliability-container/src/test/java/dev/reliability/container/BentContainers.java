package dev.reliability.container;

import dev.reliability.container.contract.FakeContainers;
import dev.reliability.container.contract.FakeSpec;
import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.StopReport;
import dev.reliability.core.run.WorkerListener;
import dev.reliability.core.runtime.Strand;
import dev.reliability.testkit.world.World;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Runtimes in each of which one thing is wrong. */
final class BentContainers {
  private static final String OWNER = "the contract";

  private BentContainers() {}

  /** A fake whose handles are bent. */
  private static FakeContainers handles(World world, UnaryOperator<ContainerHandle> bend) {
    return new FakeContainers(world, OWNER) {
      @Override
      public ContainerHandle spawn(FakeSpec spec, RunContext context, WorkerListener listener) {
        return bend.apply(super.spawn(spec, context, listener));
      }
    };
  }

  /** A fake that lists what {@code matches} the labels asked for. */
  private static FakeContainers listing(
      World world, BiFunction<Map<String, String>, ContainerInfo, Boolean> matches) {
    return new FakeContainers(world, OWNER) {
      @Override
      public CompletionStage<List<ContainerInfo>> list(Map<String, String> labels) {
        return super.list(Map.of())
            .thenApply(all -> all.stream().filter(info -> matches.apply(labels, info)).toList());
      }
    };
  }

  private static Predicate<Map.Entry<String, String>> in(ContainerInfo info) {
    return label -> label.getValue().equals(info.labels().get(label.getKey()));
  }

  // ---- who it is ----

  @NoticedBy("aHandleTellsWhoseItIs")
  static FakeContainers ownLabelsOnly(World world) {
    return handles(
        world,
        right ->
            new BentHandle(right) {
              @Override
              public Map<String, String> labels() {
                return Map.of("colour", "dark blue");
              }
            });
  }

  @NoticedBy("namesAreNeverTheSame")
  static FakeContainers oneNamePerRun(World world) {
    return handles(
        world,
        right ->
            new BentHandle(right) {
              @Override
              public String name() {
                return run();
              }
            });
  }

  @NoticedBy("theSameAttemptIsRefusedWhileItIsLive")
  static FakeContainers oneAttemptTwice(World world) {
    return new FakeContainers(world, OWNER) {
      @Override
      public ContainerHandle spawn(FakeSpec spec, RunContext context, WorkerListener listener) {
        try {
          return super.spawn(spec, context, listener);
        } catch (IllegalStateException live) {
          return null;
        }
      }
    };
  }

  @NoticedBy("anIdentityIsKnownOnceItIsUpAndStays")
  static FakeContainers oneIdentityForAll(World world) {
    return handles(
        world,
        right ->
            new BentHandle(right) {
              @Override
              public Optional<ContainerIdentity> identity() {
                return right.identity().map(any -> new ContainerIdentity.OfContainer("fake", "1"));
              }
            });
  }

  @NoticedBy("anIdentityIsKnownOnceItIsUpAndStays")
  static FakeContainers anIdentityOfTheLivingOnly(World world) {
    return handles(
        world,
        right ->
            new BentHandle(right) {
              @Override
              public Optional<ContainerIdentity> identity() {
                return right.isAlive() ? right.identity() : Optional.empty();
              }
            });
  }

  // ---- what is listed ----

  @NoticedBy("whatIsAliveIsListedUnderEachOfItsLabels")
  static FakeContainers nothingIsListed(World world) {
    return listing(world, (labels, info) -> false);
  }

  @NoticedBy("whatIsAliveIsListedUnderEachOfItsLabels")
  static FakeContainers onlyTheRunCounts(World world) {
    return listing(
        world,
        (labels, info) ->
            !labels.containsKey("colour") && labels.entrySet().stream().allMatch(in(info)));
  }

  @NoticedBy("labelsAreComparedExactly")
  static FakeContainers labelsArePrefixes(World world) {
    return listing(
        world,
        (labels, info) ->
            labels.entrySet().stream()
                .allMatch(
                    label ->
                        info.labels()
                            .getOrDefault(label.getKey(), "")
                            .startsWith(label.getValue())));
  }

  @NoticedBy("labelsAreComparedExactly")
  static FakeContainers labelsArePatterns(World world) {
    return listing(
        world,
        (labels, info) ->
            labels.entrySet().stream()
                .allMatch(
                    label ->
                        info.labels()
                            .getOrDefault(label.getKey(), "")
                            .matches(label.getValue().replace("*", ".*"))));
  }

  @NoticedBy("labelsAreComparedExactly")
  static FakeContainers oneLabelIsEnough(World world) {
    return listing(
        world, (labels, info) -> labels.isEmpty() || labels.entrySet().stream().anyMatch(in(info)));
  }

  @NoticedBy({"whatIsOverIsNotListed", "whatCouldNotStartLeavesNothing"})
  static FakeContainers nothingIsForgotten(World world) {
    List<ContainerInfo> seen = new ArrayList<>();
    return new FakeContainers(world, OWNER) {
      @Override
      public ContainerHandle spawn(FakeSpec spec, RunContext context, WorkerListener listener) {
        ContainerHandle handle = super.spawn(spec, context, listener);
        seen.add(
            new ContainerInfo(handle.name(), handle.labels(), ContainerInfo.State.RUNNING, null));
        return handle;
      }

      @Override
      public CompletionStage<List<ContainerInfo>> list(Map<String, String> labels) {
        return CompletableFuture.completedFuture(
            seen.stream().filter(info -> ContainerLabels.match(info.labels(), labels)).toList());
      }
    };
  }

  // ---- stopping by name ----

  private static FakeContainers killing(
      World world, BiFunction<FakeContainers, String, CompletionStage<StopReport>> kill) {
    return new FakeContainers(world, OWNER) {
      @Override
      public CompletionStage<StopReport> kill(String name) {
        return kill.apply(this, name);
      }
    };
  }

  /** Clean, once whatever was set going has happened. */
  private static CompletionStage<StopReport> soon(World world) {
    CompletableFuture<StopReport> stage = new CompletableFuture<>();
    world
        .scheduler()
        .schedule(
            world.strand(Strand.Kind.CONTROL, "soon"),
            1_000_000,
            () -> stage.complete(StopReport.CLEAN));
    return stage;
  }

  @NoticedBy({"aKillByNameEndsThatOneOnly", "aKillWhileItStartsLeavesNothing"})
  static FakeContainers aKillDoesNothing(World world) {
    return killing(world, (fake, name) -> CompletableFuture.completedFuture(StopReport.CLEAN));
  }

  @NoticedBy("aKillByNameEndsThatOneOnly")
  static FakeContainers aKillEndsEverybody(World world) {
    return killing(
        world,
        (fake, name) -> {
          fake.list(Map.of())
              .toCompletableFuture()
              .join()
              .forEach(info -> fake.remove(info.name()));
          return soon(world);
        });
  }

  @NoticedBy("aNameThatNobodyHasIsGoneAlready")
  static FakeContainers aKillTakesTheNearestName(World world) {
    return killing(
        world,
        (fake, name) -> {
          fake.list(Map.of()).toCompletableFuture().join().stream()
              .filter(info -> name.startsWith(info.name()))
              .forEach(info -> fake.remove(info.name()));
          return soon(world);
        });
  }

  @NoticedBy("aKillWhileItStartsLeavesNothing")
  static FakeContainers aKillWantsItUp(World world) {
    return new FakeContainers(world, OWNER) {
      @Override
      public CompletionStage<StopReport> kill(String name) {
        boolean up =
            list(Map.of()).toCompletableFuture().join().stream()
                .anyMatch(
                    info ->
                        info.name().equals(name) && info.state() == ContainerInfo.State.RUNNING);
        return up ? super.kill(name) : CompletableFuture.completedFuture(StopReport.CLEAN);
      }
    };
  }

  @NoticedBy("aRemovalLeavesNothingToList")
  static FakeContainers aRemovalDoesNothing(World world) {
    return new FakeContainers(world, OWNER) {
      @Override
      public CompletionStage<StopReport> remove(String name) {
        return CompletableFuture.completedFuture(StopReport.CLEAN);
      }
    };
  }

  @NoticedBy("aRemovalLeavesNothingToList")
  static FakeContainers aRemovalFailsTheSecondTime(World world) {
    return new FakeContainers(world, OWNER) {
      @Override
      public CompletionStage<StopReport> remove(String name) {
        return list(Map.of()).toCompletableFuture().join().isEmpty()
            ? CompletableFuture.failedFuture(new IllegalStateException("no such container"))
            : super.remove(name);
      }
    };
  }

  // ---- input ----

  private static FakeContainers sending(
      World world, BiFunction<ContainerHandle, byte[], InputResult> send) {
    return handles(
        world,
        right ->
            new BentHandle(right) {
              @Override
              public InputResult send(byte[] input) {
                return send.apply(right, input);
              }
            });
  }

  @NoticedBy("inputArrivesInOrderAlsoIfItWasEarly")
  static FakeContainers earlyInputIsLost(World world) {
    return sending(
        world, (right, input) -> right.isAlive() ? right.send(input) : InputResult.QUEUED);
  }

  @NoticedBy("inputArrivesInOrderAlsoIfItWasEarly")
  static FakeContainers inputComesTheOtherWayRound(World world) {
    Deque<byte[]> held = new ArrayDeque<>();
    return sending(
        world,
        (right, input) -> {
          held.push(input);
          if (held.size() == 20) {
            while (!held.isEmpty()) {
              right.send(held.pop());
            }
          }
          return InputResult.QUEUED;
        });
  }

  @NoticedBy("inputAfterItsCloseIsRefused")
  static FakeContainers inputIsNeverRefused(World world) {
    return sending(
        world,
        (right, input) -> {
          InputResult result = right.send(input);
          return result == InputResult.CLOSED ? InputResult.QUEUED : result;
        });
  }

  @NoticedBy("inputThatNobodyReadsIsRefusedInTheEnd")
  static FakeContainers inputIsQueuedWithoutAnEnd(World world) {
    return sending(
        world, (right, input) -> right.send(Arrays.copyOf(input, Math.min(1, input.length))));
  }

  // ---- the end of the runtime ----

  @NoticedBy("aCloseEndsEverybody")
  static FakeContainers aCloseEndsNobody(World world) {
    return new FakeContainers(world, OWNER) {
      @Override
      public void close() {}
    };
  }

  @NoticedBy("nothingIsStartedAfterTheClose")
  static FakeContainers aCloseMayBeFollowedByAStart(World world) {
    return new FakeContainers(world, OWNER) {
      @Override
      public void close() {
        list(Map.of()).toCompletableFuture().join().forEach(info -> kill(info.name()));
      }
    };
  }
}
