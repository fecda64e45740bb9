package dev.reliability.core.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Events do not change once they are made. */
class EventRecordsTest {

  private static RunEvent.Ended ended(List<String> survivors, Map<String, String> context) {
    Duration second = Duration.ofSeconds(1);
    return new RunEvent.Ended(
        RunState.DONE,
        EndReason.COMPLETED,
        null,
        1,
        "pid 1",
        new TimeoutValues(second, second, second, second, second, second, null),
        second,
        second,
        1,
        10,
        0,
        null,
        "none",
        "child",
        survivors,
        0,
        "commit",
        "m1",
        "m9",
        new LinkSnapshot("open", null, 0, Instant.EPOCH),
        context,
        true);
  }

  @Test
  void anEndKeepsItsSurvivorsAndContextWhateverBecomesOfTheOriginals() {
    List<String> survivors = new ArrayList<>(List.of("pid 4711 (sleep)"));
    Map<String, String> context = new LinkedHashMap<>(Map.of("chat_jid", "1@g.us"));
    RunEvent.Ended ended = ended(survivors, context);

    survivors.clear();
    context.put("chat_jid", "another");

    assertThat(ended.survivors()).containsExactly("pid 4711 (sleep)");
    assertThat(ended.context()).containsExactly(Map.entry("chat_jid", "1@g.us"));
    assertThatThrownBy(() -> ended.survivors().add("x"))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> ended.context().put("x", "y"))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void contextKeepsTheOrderItWasGivenIn() {
    Map<String, String> context = new LinkedHashMap<>();
    for (String key : List.of("group_folder", "chat_jid", "container_name", "a", "z", "m")) {
      context.put(key, key);
    }
    assertThat(ended(List.of(), context).context().keySet())
        .containsExactly("group_folder", "chat_jid", "container_name", "a", "z", "m");
    assertThat(new CustomEvent("deployed", context).attrs().keySet())
        .containsExactly("group_folder", "chat_jid", "container_name", "a", "z", "m");
  }

  @Test
  void aHostsEventKeepsItsAttributesWhateverBecomesOfTheOriginals() {
    Map<String, String> attrs = new LinkedHashMap<>(Map.of("version", "1"));
    CustomEvent event = new CustomEvent("deployed", attrs);
    attrs.put("version", "2");
    assertThat(event.attrs()).containsExactly(Map.entry("version", "1"));
    assertThatThrownBy(() -> event.attrs().put("x", "y"))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t\n"})
  void aHostsEventWithoutANameIsRefused(String name) {
    assertThatThrownBy(() -> new CustomEvent(name, Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("name: expected the event's name, got \"" + name + "\"");
  }

  @Test
  void anEventsIdIsItsIncarnationAndItsPlaceInIt() {
    assertThat(new EventId("e1", 7)).hasToString("e1#7");
    Event event =
        new Event(
            new EventId("e1", 7),
            Instant.EPOCH,
            0,
            "node",
            Subject.ofRun("lane", "item", "run").by("ada"),
            null,
            new RunEvent.Killed(EndReason.CANCELLED));
    assertThat(event.type()).isEqualTo("run.killed");
    assertThat(event.subject()).isEqualTo(new Subject("lane", "item", "run", 0, "ada"));
  }
}
