package dev.reliability.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.RunState;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RunModelTest {
  private static final List<Field> FIELDS =
      Arrays.stream(RunModel.class.getDeclaredFields())
          .filter(field -> !Modifier.isStatic(field.getModifiers()) && !field.isSynthetic())
          .toList();

  /** Moments that were, not moments that are due. */
  private static final Set<String> PAST = Set.of("firstAttemptAt", "spawnedAt");

  private static List<Field> timers() {
    return FIELDS.stream()
        .filter(field -> field.getName().endsWith("At") && !PAST.contains(field.getName()))
        .toList();
  }

  private static Object another(Field field, int i) {
    Class<?> type = field.getType();
    if (type == long.class) {
      return 1000L + i;
    } else if (type == int.class) {
      return 1000 + i;
    } else if (type == boolean.class) {
      return true;
    } else if (type == String.class) {
      return "value " + i;
    } else if (type == RunModel.Phase.class) {
      return RunModel.Phase.BACKOFF;
    } else if (type == StopStep.class) {
      return StopStep.TERMINATE;
    } else if (type == ExitStatus.class) {
      return new ExitStatus.Code(i);
    } else if (type == EndReason.class) {
      return EndReason.other("reason " + i);
    } else if (type == StopReport.class) {
      return new StopReport("tree", List.of("pid " + i), i);
    } else if (type == List.class) {
      return List.of("held " + i);
    } else if (type == RunEnd.class) {
      return new RunEnd(
          RunState.DONE,
          EndReason.COMPLETED,
          null,
          1,
          null,
          Duration.ZERO,
          Duration.ZERO,
          0,
          0,
          ExitStatus.UNKNOWN,
          StopStep.NONE,
          StopReport.CLEAN,
          RunEnd.Cursor.COMMIT,
          null);
    }
    throw new AssertionError("a field of a new type: say here what another value is: " + field);
  }

  @Test
  void aCopyHasEveryFieldOfItsOriginal() throws IllegalAccessException {
    RunModel model = new RunModel();
    for (int i = 0; i < FIELDS.size(); i++) {
      Object fresh = FIELDS.get(i).get(model);
      FIELDS.get(i).set(model, another(FIELDS.get(i), i));
      assertThat(FIELDS.get(i).get(model)).isNotEqualTo(fresh);
    }
    assertThat(MachineRig.fields(model.copy())).isEqualTo(MachineRig.fields(model));
  }

  @Test
  void changingACopyLeavesItsOriginalAlone() throws IllegalAccessException {
    RunModel model = new RunModel();
    RunModel copy = model.copy();
    for (int i = 0; i < FIELDS.size(); i++) {
      FIELDS.get(i).set(copy, another(FIELDS.get(i), i));
    }
    assertThat(MachineRig.fields(model)).isEqualTo(MachineRig.fields(new RunModel()));
  }

  @Test
  void everyTimerWakesTheMachineAndIsCleared() throws IllegalAccessException {
    assertThat(timers())
        .extracting(Field::getName)
        .contains("hardAt", "storeAt", "startDeadlineAt");
    for (Field timer : timers()) {
      RunModel model = new RunModel();
      assertThat(model.nextDue()).isEqualTo(RunModel.NEVER);
      timer.setLong(model, 5);
      assertThat(model.nextDue()).as(timer.getName()).isEqualTo(5);
      model.clearTimers();
      assertThat(timer.getLong(model)).as(timer.getName()).isEqualTo(RunModel.NEVER);
    }
  }
}
