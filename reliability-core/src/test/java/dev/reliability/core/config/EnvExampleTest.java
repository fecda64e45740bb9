package dev.reliability.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The example that operators copy says what the code does. */
class EnvExampleTest {
  private final Map<String, String> values = new LinkedHashMap<>();
  private final Map<String, String> comments = new LinkedHashMap<>();

  EnvExampleTest() throws IOException {
    List<String> comment = new ArrayList<>();
    for (String line : Files.readAllLines(example())) {
      if (line.startsWith("#")) {
        comment.add(line.substring(1).strip());
      } else if (line.isBlank()) {
        comment.clear();
      } else {
        String[] nameAndValue = line.split("=", 2);
        assertThat(nameAndValue).as("NAME=value: %s", line).hasSize(2);
        assertThat(values.put(nameAndValue[0], nameAndValue[1])).as("%s twice", line).isNull();
        comments.put(nameAndValue[0], String.join(" ", comment));
      }
    }
  }

  /** Surefire runs in the module; the example lies in the repository's root. */
  private static Path example() {
    return Path.of(System.getProperty("basedir", "")).toAbsolutePath().resolve("../.env.example");
  }

  @Test
  void itListsExactlyAllSettingsInTheirOrder() {
    assertThat(values.keySet())
        .containsExactlyElementsOf(Arrays.stream(Setting.values()).map(Setting::name).toList());
  }

  @ParameterizedTest
  @EnumSource
  void itSetsEachSettingToItsDefault(Setting setting) {
    assertThat(values).containsEntry(setting.name(), Long.toString(setting.defaultValue()));
  }

  @ParameterizedTest
  @EnumSource
  void itSaysOfEachSettingWhatItMeansItsUnitAndItsDefault(Setting setting) {
    String unit = setting.isDuration() ? "Milliseconds" : "A number";
    assertThat(comments.get(setting.name()))
        .contains(setting.meaning() + ". " + unit + ", default " + setting.defaultValue());
  }

  @Test
  void takenAsItStandsItChangesNothing() {
    ReliabilityConfig config = ReliabilityConfig.fromEnvironment(values);
    for (Setting setting : Setting.values()) {
      assertThat(config.value(setting)).isEqualTo(setting.defaultValue());
    }
  }

  @Test
  void theOverrideItShowsForALaneIsOneThatWorks() throws IOException {
    String shown = "IDLE_TIMEOUT__ANDY_DEVELOPER=900000";
    assertThat(Files.readString(example())).contains("andy-developer").contains(shown);
    ReliabilityConfig config =
        ReliabilityConfig.fromEnvironment(Map.of("IDLE_TIMEOUT__ANDY_DEVELOPER", "900000"));
    assertThat(config.value(Setting.IDLE_TIMEOUT, "andy-developer")).isEqualTo(900_000);
  }

  @Test
  void everySettingHasAOneLineMeaning() {
    assertThat(Setting.values())
        .allSatisfy(
            setting ->
                assertThat(setting.meaning())
                    .isNotBlank()
                    .doesNotContain("\n")
                    .doesNotEndWith("."));
  }
}
