package dev.reliability.core.health;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How old something was found to be, noted beside it, so that it is not younger for the next
 * process. It belongs to the one thing that it stands beside: newer data come without it.
 *
 * @param age how old
 * @param at when that was, by the wall clock
 * @param ahead whether it was dated in the future when it was first seen
 */
record AgeMark(Duration age, Instant at, boolean ahead) {

  AgeMark {
    if (age.isNegative()) {
      throw new IllegalArgumentException("age: expected not to be negative, got " + age);
    }
  }

  static void spell(Map<String, String> values, @Nullable AgeMark mark) {
    if (mark != null) {
      values.put("mark_age", mark.age().toString());
      values.put("mark_at", mark.at().toString());
      values.put("mark_ahead", Boolean.toString(mark.ahead()));
    }
  }

  static @Nullable AgeMark read(Map<String, String> values) {
    String age = values.get("mark_age");
    return age == null
        ? null
        : new AgeMark(
            Duration.parse(age),
            Instant.parse(Objects.requireNonNull(values.get("mark_at"), "mark_at")),
            Boolean.parseBoolean(values.get("mark_ahead")));
  }
}
