package dev.reliability.testkit.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.testkit.fault.FaultSchedule;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The world and the faults work where neither jqwik nor JUnit is on the class path. */
class WithoutOptionalLibrariesTest {

  @Test
  void aWorldRunsAndAScheduleHappens() throws Exception {
    try (URLClassLoader loader = alone()) {
      Class<?> worldType = loader.loadClass(World.class.getName());
      Object world = worldType.getMethod("create", long.class).invoke(null, 1L);
      worldType.getMethod("advance", Duration.class).invoke(world, Duration.ofHours(1));
      Object schedule =
          loader
              .loadClass(FaultSchedule.class.getName())
              .getConstructor(List.class)
              .newInstance(List.of());
      Method applyTo = schedule.getClass().getMethod("applyTo", worldType);
      applyTo.invoke(schedule, world);
      assertThat(worldType.getMethod("elapsed").invoke(world)).isEqualTo(Duration.ofHours(1));
      assertThat(worldType).isNotEqualTo(World.class);
    }
  }

  @Test
  void theLibrariesAreReallyAbsent() throws Exception {
    try (URLClassLoader loader = alone()) {
      for (String name : List.of("net.jqwik.api.Arbitrary", "org.junit.jupiter.api.Test")) {
        assertThatThrownBy(() -> loader.loadClass(name)).isInstanceOf(ClassNotFoundException.class);
      }
    }
  }

  private static URLClassLoader alone() throws Exception {
    return new URLClassLoader(
        new URL[] {
          placeOf(World.class),
          placeOf(ReliabilityRuntime.class),
          placeOf(Class.forName("com.google.common.math.LongMath")),
          placeOf(org.slf4j.Logger.class)
        },
        ClassLoader.getPlatformClassLoader());
  }

  private static URL placeOf(Class<?> type) {
    return type.getProtectionDomain().getCodeSource().getLocation();
  }
}
