package dev.reliability.journal;

import dev.reliability.core.event.CustomEvent;
import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventData;
import dev.reliability.core.event.EventId;
import dev.reliability.core.event.EventTypes;
import dev.reliability.core.event.Subject;
import dev.reliability.core.event.UnknownEvent;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/**
 * Events of every type, made from the sealed hierarchy alone, so that a new type is tested without
 * being named here.
 */
final class EventArbitraries {
  private static final double NULLS = 0.3;

  private EventArbitraries() {}

  /** Any event whose texts can be spelled in UTF-8. */
  static Arbitrary<Event> events() {
    Arbitrary<Subject> subjects =
        Combinators.combine(
                texts().injectNull(NULLS),
                texts().injectNull(NULLS),
                texts().injectNull(NULLS),
                Arbitraries.oneOf(Arbitraries.just(0L), Arbitraries.longs()),
                texts().injectNull(NULLS))
            .as(Subject::new);
    return Combinators.combine(
            ids(),
            instants().map(time -> time.truncatedTo(ChronoUnit.MILLIS)),
            Arbitraries.longs(),
            texts(),
            subjects,
            ids().injectNull(NULLS),
            data())
        .as(Event::new);
  }

  static Arbitrary<EventId> ids() {
    return Combinators.combine(texts(), Arbitraries.longs()).as(EventId::new);
  }

  static Arbitrary<EventData> data() {
    List<Arbitrary<? extends EventData>> all = new ArrayList<>();
    EventTypes.all().values().forEach(type -> all.add(records(type)));
    all.add(
        Combinators.combine(texts().filter(name -> !name.isBlank()), textMaps())
            .as(CustomEvent::new));
    all.add(unknown());
    return Arbitraries.oneOf(all);
  }

  private static Arbitrary<UnknownEvent> unknown() {
    Arbitrary<String> objects =
        textMaps()
            .map(
                map -> {
                  LineWriter out = new LineWriter(64);
                  Compounds.TEXT_MAP.write(out, map);
                  String plain = new String(out.bytes(), 0, out.size(), StandardCharsets.UTF_8);
                  return plain.replaceFirst("^\\{\"", "{ \"nested\" : [ 1.50, {\"x\":null} ],\t\"");
                });
    return Combinators.combine(texts().map(name -> "unknown." + name), objects)
        .as(UnknownEvent::new);
  }

  static <T> Arbitrary<T> records(Class<T> type) {
    RecordComponent[] components = type.getRecordComponents();
    List<Arbitrary<Object>> parts = new ArrayList<>();
    for (RecordComponent component : components) {
      Arbitrary<Object> part = values(component).asGeneric();
      boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
      parts.add(nullable ? part.injectNull(NULLS) : part);
    }
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    Arbitrary<T> made =
        components.length == 0
            ? Arbitraries.create(() -> create(type, types, List.of()))
            : Combinators.combine(parts).as(values -> create(type, types, values));
    return made.ignoreException(IllegalArgumentException.class);
  }

  private static <T> T create(Class<T> type, Class<?>[] types, List<Object> values) {
    try {
      Constructor<T> constructor = type.getDeclaredConstructor(types);
      return constructor.newInstance(values.toArray());
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException refused) {
        throw refused; // not a value that this record accepts
      }
      throw new AssertionError(e);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  private static Arbitrary<?> values(RecordComponent component) {
    Class<?> type = component.getType();
    if (type == String.class) {
      return texts();
    } else if (type == int.class || type == Integer.class) {
      return Arbitraries.integers();
    } else if (type == long.class || type == Long.class) {
      return Arbitraries.longs();
    } else if (type == boolean.class || type == Boolean.class) {
      return Arbitraries.of(true, false);
    } else if (type == Duration.class) {
      return durations();
    } else if (type == Instant.class) {
      return instants();
    } else if (type == EndReason.class) {
      return Arbitraries.oneOf(Arbitraries.of(EndReason.known()), texts().map(EndReason::other));
    } else if (type.isEnum()) {
      return Arbitraries.of((Object[]) type.getEnumConstants());
    } else if (type.isRecord()) {
      return records(type);
    } else if (type == List.class && isOfTexts(component)) {
      return texts().list().ofMaxSize(4);
    } else if (type == Map.class && isOfTexts(component)) {
      return textMaps();
    }
    throw new AssertionError("EventData promises no components such as " + component);
  }

  private static boolean isOfTexts(RecordComponent component) {
    return Arrays.stream(((ParameterizedType) component.getGenericType()).getActualTypeArguments())
        .allMatch(String.class::equals);
  }

  static Arbitrary<Map<String, String>> textMaps() {
    return Arbitraries.maps(texts(), texts()).ofMaxSize(4);
  }

  /** Texts with all that is awkward in JSON, but without halves of surrogate pairs. */
  static Arbitrary<String> texts() {
    return Arbitraries.frequencyOf(
            Tuple.of(6, Arbitraries.strings().withCharRange(' ', '~').ofMaxLength(20)),
            Tuple.of(2, Arbitraries.strings().withCharRange('\0', '\u00ff').ofMaxLength(20)),
            Tuple.of(2, Arbitraries.strings().all().ofMaxLength(20)),
            Tuple.of(
                1,
                Arbitraries.of(
                    "",
                    "\"",
                    "\\",
                    "\\u0000",
                    "a\nb\r\n",
                    "\u2028\u2029\u0085",
                    "\uD83D\uDE00\uD834\uDD1E",
                    "#",
                    "e#1")))
        .map(EventArbitraries::withoutHalves);
  }

  private static String withoutHalves(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  static Arbitrary<Duration> durations() {
    return Arbitraries.frequencyOf(
        Tuple.of(3, Arbitraries.longs().map(Duration::ofNanos)),
        Tuple.of(3, Arbitraries.longs().between(-2_000_000, 2_000_000).map(Duration::ofNanos)),
        Tuple.of(3, Arbitraries.integers().map(Duration::ofMillis)),
        Tuple.of(
            2,
            Combinators.combine(Arbitraries.longs(), Arbitraries.integers().between(0, 999_999_999))
                .as((seconds, nanos) -> Duration.ofSeconds(seconds, nanos))));
  }

  static Arbitrary<Instant> instants() {
    return Arbitraries.frequencyOf(
        Tuple.of(
            4,
            Combinators.combine(
                    Arbitraries.longs().between(0, 4_102_444_800L),
                    Arbitraries.integers().between(0, 999_999_999))
                .as((seconds, nanos) -> Instant.ofEpochSecond(seconds, nanos))),
        Tuple.of(
            2,
            Combinators.combine(
                    Arbitraries.longs()
                        .between(Instant.MIN.getEpochSecond(), Instant.MAX.getEpochSecond()),
                    Arbitraries.integers().between(0, 999_999_999))
                .as((seconds, nanos) -> Instant.ofEpochSecond(seconds, nanos))));
  }
}
