package dev.reliability.verification;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What {@code docs/conformance.md} names exists. */
class ConformanceTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern TEST = Pattern.compile("`(\\w+)#(\\w+)`");
  private static final Pattern ROW = Pattern.compile("^\\| ([A-S]\\d+) \\|");

  @Test
  void everyTestItNamesIsThere() throws IOException {
    Map<String, String> sources = sources();
    Set<String> named = new LinkedHashSet<>();
    Set<String> missing = new LinkedHashSet<>();
    Matcher tests = TEST.matcher(conformance());
    while (tests.find()) {
      String source = sources.getOrDefault(tests.group(1), "");
      named.add(tests.group());
      if (!source.contains(" void " + tests.group(2) + "(")) {
        missing.add(tests.group());
      }
    }
    assertThat(named).isNotEmpty();
    assertThat(missing).isEmpty();
  }

  @Test
  void noRowStandsThereTwice() throws IOException {
    List<String> rows =
        conformance()
            .lines()
            .map(ROW::matcher)
            .filter(Matcher::find)
            .map(row -> row.group(1))
            .toList();
    assertThat(rows).isNotEmpty().doesNotHaveDuplicates();
  }

  private static String conformance() throws IOException {
    return Files.readString(ROOT.resolve("docs/conformance.md"));
  }

  private static Map<String, String> sources() throws IOException {
    Map<String, String> sources = new HashMap<>();
    try (Stream<Path> files = Files.walk(ROOT)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        String name = file.getFileName().toString();
        sources.put(name.substring(0, name.length() - ".java".length()), Files.readString(file));
      }
    }
    return sources;
  }
}
