package dev.reliability.container.engine;

import dev.reliability.container.ContainerInfo;
import dev.reliability.container.ContainerLabels;
import dev.reliability.container.engine.Seen.Found;
import dev.reliability.container.engine.Seen.Missing;
import dev.reliability.container.engine.Seen.NoAnswer;
import dev.reliability.core.run.StopReport;
import dev.reliability.core.runtime.Strand;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Containers of one owner by their names, those that are live here and those that are not. */
final class ByName {
  private final String owner;
  private final ContainerServices services;
  private final Strand strand;
  private final Map<String, EngineContainer> live;

  ByName(
      String owner, ContainerServices services, Strand strand, Map<String, EngineContainer> live) {
    this.owner = owner;
    this.services = services;
    this.strand = strand;
    this.live = live;
  }

  /** All with these labels; fails with an {@link EngineException}. */
  CompletionStage<List<ContainerInfo>> list(Map<String, String> labels) {
    Map<String, String> wanted = new TreeMap<>(labels);
    if (!owner.equals(wanted.getOrDefault(ContainerLabels.OWNER, owner))) {
      return CompletableFuture.completedFuture(List.of());
    }
    wanted.put(ContainerLabels.OWNER, owner);
    return services.commands().list(wanted).thenApply(states -> withLive(states, wanted));
  }

  private List<ContainerInfo> withLive(List<EngineState> states, Map<String, String> wanted) {
    Map<String, ContainerInfo> found = new LinkedHashMap<>();
    states.forEach(state -> found.put(state.name(), state.info(services.engine())));
    for (EngineContainer container : live.values()) {
      if (container.isAdopted()) {
        found.remove(container.name()); // what its engine says of its run is of another time
      }
      if (ContainerLabels.match(container.labels(), wanted)) {
        container.infoWithoutEngine().ifPresent(info -> found.putIfAbsent(info.name(), info));
      }
    }
    return List.copyOf(found.values());
  }

  /** Kills and removes it, live here or not. */
  CompletionStage<StopReport> kill(String name) {
    EngineContainer container = live.get(name);
    return container != null ? container.kill() : removeForgotten(EngineChecks.word(name, "name"));
  }

  private CompletionStage<StopReport> removeForgotten(String name) {
    return services
        .commands()
        .inspect(name)
        .thenCompose(
            seen -> {
              if (seen instanceof Missing) {
                return CompletableFuture.completedFuture(StopReport.CLEAN);
              }
              if (seen instanceof NoAnswer none) {
                throw new EngineException("container " + name + ": " + none.why());
              }
              EngineState state = ((Found) seen).state();
              if (!state.isOf(owner)) {
                throw new IllegalArgumentException(
                    "name: expected a container of owner \""
                        + owner
                        + "\", got \""
                        + name
                        + "\" of "
                        + state.ownerInWords());
              }
              // By its id: the name may be somebody else's by the time of the next call.
              Removal.Known known = state.hasEnded() ? Removal.Known.ENDED : Removal.Known.THERE;
              return Removal.of(services.commands(), services.timers(), strand, state.id(), known)
                  .thenApply(result -> result.report(name));
            });
  }
}
