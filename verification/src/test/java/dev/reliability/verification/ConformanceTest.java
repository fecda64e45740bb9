package dev.reliability.verification;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What {@code docs/conformance.md} names exists: rows, public API, tests. */
class ConformanceTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern ROW = Pattern.compile("^\\| ([A-Z]\\d+) \\|(.*)\\|$");
  private static final Pattern NAMED = Pattern.compile("`([^`]+)`");
  private static final Pattern TEST =
      Pattern.compile("@(Test|ParameterizedTest|RepeatedTest|Property|Example)\\b");

  /** A row of one of the tables, with what stands between backquotes in each column. */
  private record Row(String id, List<List<String>> columns) {
    static Row of(Matcher row) {
      List<List<String>> columns = new ArrayList<>();
      for (String column : row.group(2).split("\\|", -1)) {
        columns.add(NAMED.matcher(column).results().map(named -> named.group(1)).toList());
      }
      return new Row(row.group(1), columns);
    }

    /** Whether it is one of the first table, with API and tests. */
    boolean isKept() {
      return columns.size() == 3;
    }
  }

  private static List<Row> rows() throws IOException {
    return Files.readString(ROOT.resolve("docs/conformance.md"))
        .lines()
        .map(ROW::matcher)
        .filter(Matcher::find)
        .map(Row::of)
        .toList();
  }

  private static List<Row> kept() throws IOException {
    return rows().stream().filter(Row::isKept).toList();
  }

  @Test
  void noRowStandsThereTwice() throws IOException {
    assertThat(rows()).isNotEmpty().extracting(Row::id).doesNotHaveDuplicates();
  }

  @Test
  void everyKeptRowNamesApiAndTests() throws IOException {
    assertThat(kept())
        .hasSizeGreaterThan(30)
        .allSatisfy(row -> assertThat(row.columns().get(1)).as(row.id()).isNotEmpty())
        .allSatisfy(row -> assertThat(row.columns().get(2)).as(row.id()).isNotEmpty());
  }

  // ---- tests ----

  @Test
  void everyTestItNamesIsThere() throws IOException {
    Sources sources = Sources.read();
    Set<String> missing = new LinkedHashSet<>();
    for (Row row : rows()) {
      Stream<String> named = row.columns().stream().flatMap(List::stream);
      Stream<String> tests = row.isKept() ? row.columns().get(2).stream() : Stream.of();
      Stream.concat(tests, named.filter(name -> name.contains("#")))
          .filter(test -> !sources.hasTest(test))
          .forEach(test -> missing.add(row.id() + ": " + test));
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void aTestThatIsNotThereIsNoticed() throws IOException {
    Sources sources = Sources.read();
    assertThat(sources.hasTest("ConformanceTest")).isTrue();
    assertThat(sources.hasTest("ConformanceTest#noRowStandsThereTwice")).isTrue();
    assertThat(sources.hasTest("WorkerContract#noiseIsOutputButNotProgress"))
        .as("inherited")
        .isTrue();
    assertThat(sources.hasTest("FakeWorkerContractTest")).as("inherited").isTrue();
    assertThat(sources.hasTest("ConformanceTest#kept")).as("no test").isFalse();
    assertThat(sources.hasTest("ConformanceTest#noSuchTest")).isFalse();
    assertThat(sources.hasTest("NoSuchTest")).isFalse();
    assertThat(sources.hasTest("Floors")).as("without a test").isFalse();
  }

  /** All sources of this project, by the name of their class. */
  private record Sources(Map<String, String> byName) {
    static Sources read() throws IOException {
      Map<String, String> sources = new HashMap<>();
      try (Stream<Path> files = Files.walk(ROOT)) {
        for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
          String name = file.getFileName().toString();
          sources.put(name.substring(0, name.length() - ".java".length()), Files.readString(file));
        }
      }
      return new Sources(sources);
    }

    /**
     * Whether there is {@code Class#test}, or a {@code Class} with a test; inherited ones count.
     */
    boolean hasTest(String named) {
      String[] parts = named.split("#", 2);
      String source = byName.get(parts[0]);
      if (source == null) {
        return false;
      }
      boolean here =
          parts.length == 1
              ? TEST.matcher(source).find()
              : Pattern.compile(
                      TEST + "((?!\\bvoid\\b).)*\\bvoid " + parts[1] + "\\(", Pattern.DOTALL)
                  .matcher(source)
                  .find();
      Matcher parent =
          Pattern.compile("\\bclass " + parts[0] + "\\b[^{]*?\\bextends (\\w+)").matcher(source);
      return here
          || (parent.find() && hasTest(parent.group(1) + named.substring(parts[0].length())));
    }
  }

  // ---- API ----

  @Test
  void allApiThatItNamesIsPublic() throws IOException {
    List<String> missing = new ArrayList<>();
    for (Row row : kept()) {
      row.columns().get(1).stream()
          .filter(name -> !isFile(name) && !isApi(name))
          .forEach(name -> missing.add(row.id() + ": " + name));
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void apiThatIsNotThereIsNoticed() {
    assertThat(isApi("RunPolicy.Builder.noOutputTimeout"))
        .as("a method of a nested class")
        .isTrue();
    assertThat(isApi("Setting.IDLE_TIMEOUT")).as("a constant").isTrue();
    assertThat(isApi("Lease.token")).as("a part of a record").isTrue();
    assertThat(isApi("RunPolicy.Builder.noSuchMethod")).isFalse();
    assertThat(isApi("Builder.noOutputTimeout")).as("whose builder").isFalse();
    assertThat(isApi("RunMachine")).as("not public").isFalse();
    assertThat(isApi("RunPolicy.checked")).as("not public").isFalse();
    assertThat(isApi("NoSuchClass")).isFalse();
  }

  private static boolean isFile(String name) {
    return name.startsWith(".") && Files.isRegularFile(ROOT.resolve(name));
  }

  /** Whether {@code Class}, {@code Class.member} or {@code Outer.Nested.member} is public. */
  private static boolean isApi(String named) {
    if (classes().contains(named)) {
      return true;
    }
    int dot = named.lastIndexOf('.');
    return dot > 0
        && publicClasses()
            .filter(type -> nameOf(type).equals(named.substring(0, dot)))
            .flatMap(type -> type.getAllMembers().stream())
            .filter(ConformanceTest::isPublic)
            .anyMatch(member -> member.getName().equals(named.substring(dot + 1)));
  }

  private static Set<String> classes() {
    return publicClasses().map(ConformanceTest::nameOf).collect(Collectors.toSet());
  }

  private static Stream<JavaClass> publicClasses() {
    return Classes.MAIN.stream().filter(ConformanceTest::isPublicWithAllAround);
  }

  private static boolean isPublicWithAllAround(JavaClass type) {
    return type.getModifiers().contains(JavaModifier.PUBLIC)
        && type.getEnclosingClass().map(ConformanceTest::isPublicWithAllAround).orElse(true);
  }

  private static boolean isPublic(JavaMember member) {
    return member.getModifiers().contains(JavaModifier.PUBLIC);
  }

  /** Its name without the package, nested ones after a dot. */
  private static String nameOf(JavaClass type) {
    return type.getName().substring(type.getPackageName().length() + 1).replace('$', '.');
  }
}
