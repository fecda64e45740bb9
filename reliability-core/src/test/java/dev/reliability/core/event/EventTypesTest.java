package dev.reliability.core.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What every typed event must be, so that one codec can write and read them all. */
class EventTypesTest {
  private static final Set<Type> LEAVES =
      Set.of(
          String.class,
          int.class,
          long.class,
          boolean.class,
          Integer.class,
          Long.class,
          Boolean.class,
          Duration.class,
          Instant.class,
          EndReason.class);

  /**
   * Every permitted class that is not itself sealed, found without the help of the class tested.
   */
  private static List<Class<?>> permitted(Class<?> type) {
    List<Class<?>> found = new ArrayList<>();
    if (type.isSealed()) {
      for (Class<?> sub : type.getPermittedSubclasses()) {
        found.addAll(permitted(sub));
      }
    } else {
      found.add(type);
    }
    return found;
  }

  private static List<Class<?>> typed() {
    List<Class<?>> typed = permitted(EventData.class);
    typed.removeAll(List.of(CustomEvent.class, UnknownEvent.class));
    return typed;
  }

  @Test
  void everyPermittedEventIsARecordWithANameOfItsOwn() {
    assertThat(typed())
        .isNotEmpty()
        .allSatisfy(
            type -> {
              assertThat(type.isRecord()).isTrue();
              assertThat(type.getAnnotation(EventType.class)).as("@EventType").isNotNull();
            })
        .extracting(type -> type.getAnnotation(EventType.class).value())
        .doesNotHaveDuplicates();
  }

  @Test
  void namesAreAGroupADotAndWhatHappenedInLowerCase() {
    assertThat(typed())
        .extracting(type -> type.getAnnotation(EventType.class).value())
        .allSatisfy(name -> assertThat(name).matches("[a-z]+(_[a-z]+)*\\.[a-z]+(_[a-z]+)*"))
        .noneMatch(name -> name.startsWith(CustomEvent.PREFIX));
  }

  @Test
  void everyPermittedEventIsFoundByItsNameAndNothingElseIs() {
    assertThat(List.copyOf(EventTypes.all().values())).containsExactlyElementsOf(cast(typed()));
    EventTypes.all()
        .forEach(
            (name, type) -> {
              assertThat(type.getAnnotation(EventType.class).value()).isEqualTo(name);
              assertThat(EventTypes.classOf(name)).isSameAs(type);
            });
    assertThat(EventTypes.classOf("run.unheard_of")).isNull();
    assertThat(EventTypes.classOf("custom.mine")).isNull();
  }

  @SuppressWarnings("unchecked")
  private static List<Class<? extends EventData>> cast(List<Class<?>> types) {
    return (List<Class<? extends EventData>>) (List<?>) types;
  }

  @Test
  void theNamesThatWereReleasedStayAsTheyAre() {
    assertThat(EventTypes.all().keySet())
        .containsExactlyInAnyOrder(
            "process.started",
            "process.stopped",
            "process.events_dropped",
            "process.orphan_found",
            "process.orphan_stopped",
            "process.orphan_adopted",
            "process.reap_failed",
            "clock.jumped",
            "clock.paused",
            "dispatch.intent",
            "dispatch.accepted",
            "dispatch.rejected",
            "item.claimed",
            "item.claim_refused",
            "item.lease_lost",
            "item.completed",
            "item.complete_duplicate",
            "item.complete_superseded",
            "item.released",
            "item.attempts_exhausted",
            "lane.failure",
            "lane.paused",
            "lane.resumed",
            "lane.remediation",
            "effect.allowed",
            "effect.suppressed",
            "retry.scheduled",
            "retry.exhausted",
            "health.check_failed",
            "health.check_recovered",
            "health.preflight",
            "health.dependency_critical",
            "health.dependency_recovered",
            "health.observed",
            "health.signal_stale",
            "health.verdict",
            "link.started",
            "link.connecting",
            "link.pairing",
            "link.opened",
            "link.closed",
            "link.retry_scheduled",
            "link.cooldown",
            "link.stopped",
            "run.queued",
            "run.starting",
            "run.started",
            "run.start_failed",
            "run.first_output",
            "run.progress",
            "run.result_seen",
            "run.input_closed",
            "run.stop_requested",
            "run.killed",
            "run.handle_missing",
            "run.cursor_settled",
            "run.late_result",
            "run.left_behind",
            "run.ended",
            "reconcile.found",
            "reconcile.settled",
            "reconcile.self_test",
            "reconcile.failed",
            "gate.judged",
            "incident.opened",
            "incident.noted",
            "incident.attached",
            "incident.fix_marked",
            "incident.resolve_refused",
            "incident.resolved",
            "incident.reopened",
            "deploy.marked");
  }

  @Test
  void everyPartOfAnEventIsOfAKindThatTheCodecKnows() {
    List<String> unsupported = new ArrayList<>();
    for (Class<?> type : permitted(EventData.class)) {
      collectUnsupported(type, type.getSimpleName(), unsupported);
    }
    assertThat(unsupported).isEmpty();
  }

  /** The check above would find a kind that the codec does not know. */
  @Test
  void aPartOfAnotherKindWouldBeNoticed() {
    record Inner(List<Integer> numbers, double share, Map<String, Long> counts, Object any) {}
    record Outer(String name, Inner inner, StringBuilder builder, Thread.State state) {}
    List<String> unsupported = new ArrayList<>();
    collectUnsupported(Outer.class, "Outer", unsupported);
    assertThat(unsupported)
        .containsExactly(
            "Outer.inner.numbers: java.util.List<java.lang.Integer>",
            "Outer.inner.share: double",
            "Outer.inner.counts: java.util.Map<java.lang.String, java.lang.Long>",
            "Outer.inner.any: class java.lang.Object",
            "Outer.builder: class java.lang.StringBuilder");
  }

  private static void collectUnsupported(Class<?> record, String where, List<String> into) {
    for (RecordComponent component : record.getRecordComponents()) {
      Class<?> type = component.getType();
      String here = where + "." + component.getName();
      if (type.isRecord()) {
        collectUnsupported(type, here, into);
      } else if (!LEAVES.contains(type)
          && !type.isEnum()
          && !isCollectionOfStrings(component.getGenericType())) {
        into.add(here + ": " + component.getGenericType());
      }
    }
  }

  private static boolean isCollectionOfStrings(Type type) {
    return type instanceof ParameterizedType generic
        && (generic.getRawType() == List.class || generic.getRawType() == Map.class)
        && Stream.of(generic.getActualTypeArguments()).allMatch(String.class::equals);
  }

  @Test
  void aHostsEventGoesUnderAPrefixAndAnUnknownOneUnderItsOwnName() {
    assertThat(EventTypes.nameOf(new CustomEvent("deployed", Map.of())))
        .isEqualTo("custom.deployed");
    assertThat(EventTypes.nameOf(new UnknownEvent("link.closed", "{}"))).isEqualTo("link.closed");
    assertThat(EventTypes.nameOf(new RunEvent.Queued())).isEqualTo("run.queued");
  }

  @Test
  void onlyMarkersAfterTheFirstAreSamplesThatMayBeDropped() {
    assertThat(new RunEvent.Progress(1, 10).isSample()).isFalse();
    assertThat(new RunEvent.Progress(2, 20).isSample()).isTrue();
    assertThat(new RunEvent.Queued().isSample()).isFalse();
    assertThat(new CustomEvent("deployed", Map.of()).isSample()).isFalse();
  }
}
