package dev.reliability.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reliability.core.event.DependencyEvent;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventData;
import dev.reliability.core.event.GateEvent;
import dev.reliability.core.event.LinkEvent;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.Subject;
import dev.reliability.testkit.world.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The names of meters and labels are the same in the exposition, the guide, the rules and the
 * dashboard.
 */
class NamesTest {
  private static final Pattern METRIC = Pattern.compile("\\b(reliability_[a-z_]+)(?:\\{([^}]*)})?");
  private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(?:=~|!~|!=|=)");
  private static final Pattern GROUPED = Pattern.compile("\\b(?:by|on)\\s*\\(([^)]*)\\)");
  private static final Pattern RULE = Pattern.compile("(?s)expr:(.*?)(?:for:|labels:)");
  private static final Pattern SHOWN = Pattern.compile("\\{\\{ ?(?:\\$labels\\.)?(\\w+) ?}}");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `(reliability_\\w+)` \\|([^|]*)\\|");

  /** Prometheus adds these to each series. */
  private static final Set<String> OF_THE_TARGET = Set.of("job", "instance");

  private final Map<String, Set<String>> labels = labels();

  private static Map<String, Set<String>> labels() {
    ReliabilityMeters meters = ReliabilityMeters.of(World.create(1).time());
    List<EventData> oneOfEach =
        List.of(
            new RunEvent.Queued(),
            new LinkEvent.Started("whatsapp", "start"),
            new DependencyEvent.Recovered("templates", 6),
            new GateEvent.Judged("connectivity", "j-1", "go", "", List.of()));
    for (EventData data : oneOfEach) {
      Event event = Samples.event("epoch", 1, Subject.ofRun("lane", "item", "run"), data);
      meters.accept(event);
    }
    return Exposition.of(Exposition.registry(meters)).labels();
  }

  @Test
  void everyMetricOfTheRulesIsThereWithItsLabels() {
    List<String> expressions =
        RULE.matcher(AlertRules.yaml()).results().map(rule -> rule.group(1)).toList();
    assertThat(expressions).hasSize(9).allSatisfy(this::isSound);
    assertThat(AlertRules.yaml())
        .as("named in words")
        .satisfies(yaml -> assertThat(metrics(yaml)).isSubsetOf(labels.keySet()));
  }

  @Test
  void noRuleNamesAnItemOrARun() {
    Set<String> shown =
        SHOWN
            .matcher(AlertRules.yaml())
            .results()
            .map(found -> found.group(1))
            .filter(name -> !name.equals("value"))
            .collect(Collectors.toSet());
    assertThat(shown).containsExactlyInAnyOrder("lane", "link", "dependency", "job");
  }

  @Test
  void everyMetricOfTheDashboardIsThereWithItsLabels() throws IOException {
    JsonNode dashboard = new ObjectMapper().readTree(Dashboard.json());
    List<String> expressions = new ArrayList<>();
    dashboard
        .findValues("targets")
        .forEach(
            targets ->
                targets.forEach(
                    target -> {
                      String expression = target.get("expr").asText();
                      expressions.add(expression);
                      Set<String> grouped = grouped(expression);
                      assertThat(
                              SHOWN
                                  .matcher(target.get("legendFormat").asText())
                                  .results()
                                  .map(found -> found.group(1)))
                          .as("legend of %s", expression)
                          .isSubsetOf(grouped);
                    }));
    assertThat(expressions).hasSizeGreaterThan(30).allSatisfy(this::isSound);
    isSound(dashboard.at("/templating/list/1/definition").asText().replaceAll(", lane", ""));
  }

  @Test
  void theDashboardIsOneThatGrafanaTakes() throws IOException {
    JsonNode dashboard = new ObjectMapper().readTree(Dashboard.json());
    assertThat(dashboard.get("uid").asText()).matches("[a-zA-Z0-9_-]{1,40}");
    assertThat(dashboard.get("title").asText()).isNotBlank();
    assertThat(dashboard.get("schemaVersion").asInt()).isGreaterThan(30);
    assertThat(dashboard.at("/templating/list"))
        .extracting(variable -> variable.get("name").asText() + " " + variable.get("type").asText())
        .containsExactly("datasource datasource", "lane query");
    Set<Integer> ids = new HashSet<>();
    Set<String> places = new HashSet<>();
    for (JsonNode panel : dashboard.get("panels")) {
      String title = panel.get("title").asText();
      assertThat(title).isNotBlank();
      assertThat(ids.add(panel.get("id").asInt())).as("id of %s", title).isTrue();
      JsonNode at = panel.get("gridPos");
      assertThat(at.get("x").asInt() + at.get("w").asInt()).as(title).isBetween(1, 24);
      for (int x = 0; x < at.get("w").asInt(); x++) {
        for (int y = 0; y < at.get("h").asInt(); y++) {
          String place = (at.get("x").asInt() + x) + "," + (at.get("y").asInt() + y);
          assertThat(places.add(place)).as("%s lies on another at %s", title, place).isTrue();
        }
      }
      if (!panel.get("type").asText().equals("row")) {
        assertThat(panel.at("/datasource/uid").asText()).as(title).isEqualTo("${datasource}");
        assertThat(panel.get("targets")).as(title).isNotEmpty();
        assertThat(panel.get("description").asText()).as(title).isNotBlank();
      }
    }
  }

  @Test
  void theGuideListsExactlyWhatIsThere() throws IOException {
    String guide = Files.readString(Path.of("..", "docs", "guide.md"));
    Set<String> listed =
        ROW.matcher(guide)
            .results()
            .map(row -> row.group(1) + " " + new TreeSet<>(words(row.group(2))))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> there = new TreeSet<>();
    labels.forEach(
        (name, of) -> {
          String family = name.replaceFirst("_seconds_(bucket|count|sum|max)$", "_seconds");
          Set<String> without = new TreeSet<>(of);
          without.remove("le");
          there.add(family + " " + without);
        });
    assertThat(listed).isEqualTo(there);
  }

  @Test
  void whatIsNotThereIsNoticed() {
    assertThat(faults("reliability_lane_paussed == 1")).hasSize(1);
    assertThat(faults("reliability_lane_paused{lame=\"x\"} == 1")).hasSize(1);
    assertThat(faults("max by (job, item) (reliability_lane_paused)")).hasSize(1);
    assertThat(faults("max by (job, lane) (reliability_lane_paused{lane=~\"$lane\"})")).isEmpty();
  }

  // ---- expressions ----

  private void isSound(String expression) {
    assertThat(metrics(expression)).as(expression).isNotEmpty();
    assertThat(faults(expression)).as(expression).isEmpty();
  }

  private List<String> faults(String expression) {
    List<String> faults = new ArrayList<>();
    for (MatchResult metric : METRIC.matcher(expression).results().toList()) {
      Set<String> known = labels.get(metric.group(1));
      if (known == null) {
        faults.add("no metric " + metric.group(1));
        continue;
      }
      Set<String> asked = new LinkedHashSet<>(grouped(expression));
      if (metric.group(2) != null) {
        MATCHER.matcher(metric.group(2)).results().forEach(found -> asked.add(found.group(1)));
      }
      asked.removeAll(known);
      asked.removeAll(OF_THE_TARGET);
      asked.forEach(label -> faults.add(metric.group(1) + " has no label " + label));
    }
    return faults;
  }

  private static Set<String> metrics(String text) {
    return METRIC
        .matcher(text)
        .results()
        .map(metric -> metric.group(1))
        .collect(Collectors.toSet());
  }

  private static Set<String> grouped(String expression) {
    return GROUPED
        .matcher(expression)
        .results()
        .flatMap(found -> words(found.group(1)).stream())
        .collect(Collectors.toSet());
  }

  private static List<String> words(String text) {
    return Pattern.compile("\\w+").matcher(text).results().map(MatchResult::group).toList();
  }
}
