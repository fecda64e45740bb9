package dev.reliability.container.contract;

import dev.reliability.container.ContainerLabels;
import dev.reliability.container.ContainerSpec;
import dev.reliability.container.OutputSpec;
import dev.reliability.testkit.worker.WorkerScript;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What {@link FakeContainers} plays. Immutable.
 *
 * @param script what it does by itself, and when
 * @param echoes whether it puts out again what is sent to it, and ends when its input is closed
 * @param ownLabels labels of the host's own
 */
public record FakeSpec(WorkerScript script, boolean echoes, Map<String, String> ownLabels)
    implements ContainerSpec {

  /** Copies the labels. */
  public FakeSpec {
    ownLabels = Map.copyOf(new TreeMap<>(ownLabels));
  }

  /** Plays this script. */
  public static FakeSpec of(WorkerScript script) {
    return new FakeSpec(script, false, Map.of());
  }

  /** Puts out what is sent to it, each call of {@code send} being one line. */
  public static FakeSpec echo() {
    return new FakeSpec(WorkerScript.idle(), true, Map.of());
  }

  /** The same with one label more. */
  public FakeSpec label(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(ownLabels);
    more.put(ContainerLabels.require(name, value), value);
    return new FakeSpec(script, echoes, more);
  }

  @Override
  public List<String> command() {
    return List.of("fake");
  }

  @Override
  public Map<String, String> labels() {
    return ownLabels;
  }

  @Override
  public OutputSpec output() {
    return OutputSpec.lines();
  }
}
