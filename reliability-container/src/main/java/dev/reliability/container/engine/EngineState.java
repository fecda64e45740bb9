package dev.reliability.container.engine;

import dev.reliability.container.ContainerIdentity;
import dev.reliability.container.ContainerInfo;
import dev.reliability.container.ContainerLabels;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an engine says of one container.
 *
 * @param id its full id
 * @param name its name
 * @param status the engine's word for what it does
 * @param exitCode how it ended, if it has
 * @param outOfMemory whether memory ran out in it
 * @param stopSignal the signal that asks it to end
 * @param labels all its labels
 */
record EngineState(
    String id,
    String name,
    String status,
    int exitCode,
    boolean outOfMemory,
    String stopSignal,
    Map<String, String> labels) {
  private static final int COLUMNS = 7;
  private static final int LISTED_COLUMNS = 3;

  /** Ours for one that the engine lists and cannot describe. */
  private static final String UNREADABLE = "unreadable";

  boolean isRunning() {
    return state() == ContainerInfo.State.RUNNING;
  }

  boolean hasEnded() {
    return state() == ContainerInfo.State.ENDED;
  }

  /** What the engine's word means. */
  ContainerInfo.State state() {
    return switch (status) {
      case "created", "configured", "initialized" -> ContainerInfo.State.STARTING;
      case "running", "paused", "pausing", "restarting", "stopping" -> ContainerInfo.State.RUNNING;
      case "exited", "stopped", "dead", "removing" -> ContainerInfo.State.ENDED;
      default -> ContainerInfo.State.UNKNOWN;
    };
  }

  boolean isOf(String owner) {
    return owner.equals(labels.get(ContainerLabels.OWNER));
  }

  /** Whose it is, for errors. */
  String ownerInWords() {
    String theirs = labels.get(ContainerLabels.OWNER);
    return theirs == null ? "nobody known here" : "\"" + theirs + "\"";
  }

  ContainerInfo info(Engine engine) {
    return new ContainerInfo(
        name, labels, state(), new ContainerIdentity.OfContainer(engine.name(), id));
  }

  /** Reads a line of a list, which has no more than id, name and labels; null if it is not one. */
  static @Nullable EngineState parseListed(String line) {
    String[] columns = line.split("\t", LISTED_COLUMNS);
    Map<String, String> labels =
        columns.length == LISTED_COLUMNS ? FlatJson.parse(columns[2].strip()) : null;
    return labels == null
        ? null
        : new EngineState(
            columns[0].strip(), columns[1].strip(), UNREADABLE, 0, false, "TERM", labels);
  }

  /** Reads one line of an answer; null if it is not one. */
  static @Nullable EngineState parse(String line) {
    String[] columns = line.split("\t", COLUMNS);
    if (columns.length != COLUMNS || columns[0].isBlank()) {
      return null;
    }
    Map<String, String> labels = FlatJson.parse(columns[6].strip());
    if (labels == null) {
      return null;
    }
    try {
      return new EngineState(
          columns[0].strip(),
          columns[1].startsWith("/") ? columns[1].substring(1) : columns[1],
          columns[2].strip(),
          Integer.parseInt(columns[3].strip()),
          columns[4].strip().equals("true"),
          columns[5].isBlank() ? "TERM" : columns[5].strip(),
          labels);
    } catch (NumberFormatException notAnAnswer) {
      return null;
    }
  }
}
