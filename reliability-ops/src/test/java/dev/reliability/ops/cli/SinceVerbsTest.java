package dev.reliability.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reliability.core.event.ChangeRecord;
import dev.reliability.core.event.DeployEvent;
import dev.reliability.core.event.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A change is marked, and what happened before it and since is told apart. */
class SinceVerbsTest {
  @TempDir private Path directory;
  private Calls calls;

  @BeforeEach
  void begin() {
    calls = new Calls(directory);
  }

  private void mark(String version, Instant at) {
    Told result = calls.verb("mark " + version + " --actor alice --at " + at);
    assertThat(result.code()).as(result.err()).isZero();
  }

  // ---- mark ----

  @Test
  void aMarkerSaysWhatWasChangedAndWhy() {
    calls.write("reliability.json", "{}");
    Told result =
        calls.verb(
            "mark v2 --actor alice --files a.ts --files b.ts --links http://x",
            "--words",
            "time-outs separated",
            "--trigger",
            "no output",
            "--fixes",
            "one timer=two timers",
            "--before",
            "killed",
            "--after",
            "kept",
            "--verification",
            "build is green");
    assertThat(result.code()).isZero();
    assertThat(result.out())
        .contains("since v2 at ", " by alice", "next: reliability churn --mark v2");
    Event event =
        calls.events().stream()
            .filter(one -> one.data() instanceof DeployEvent.Marked)
            .findFirst()
            .orElseThrow();
    DeployEvent.Marked marked = (DeployEvent.Marked) event.data();
    assertThat(event.subject().actor()).isEqualTo("alice");
    assertThat(marked.configHash()).hasSize(64);
    assertThat(marked.change())
        .isEqualTo(
            new ChangeRecord(
                "no output",
                "time-outs separated",
                List.of("a.ts", "b.ts"),
                Map.of("one timer", "two timers"),
                "killed",
                "kept",
                List.of("build is green"),
                List.of(),
                "",
                List.of(),
                List.of(),
                List.of("http://x")));
    calls.write("reliability.json", "{\"gate\": {\"passes\": 3}}");
    JsonNode other = calls.verb("mark v2 --actor alice --json").json().get("summary");
    assertThat(other.get("configHash").asText()).isNotEqualTo(marked.configHash());
  }

  @Test
  void aChangeRecordMayBeAFile() {
    Path file =
        calls.write(
            "change.json",
            """
            {"trigger": "stability-hardening-v2", "words": "guards", "files": ["a", "b"],
             "fixes": {"claims twice": "a guard", "completes twice": "another"},
             "before": "b", "after": "a", "verification": ["bash -n"], "rollback": ["git revert"],
             "outcome": "all five", "lessons": ["both layers"], "next": ["a badge"],
             "links": ["branch"]}
            """);
    JsonNode change =
        calls
            .verb("mark v2 --actor kilo --json --record " + file)
            .json()
            .get("summary")
            .get("change");
    assertThat(change.get("fixes").get("claims twice").asText()).isEqualTo("a guard");
    assertThat(change.get("lessons").get(0).asText()).isEqualTo("both layers");
    calls.write("change.json", "{\"words\": 1, \"word\": \"x\"}");
    assertThat(calls.verb("mark v2 --actor kilo --record " + file))
        .satisfies(
            result -> {
              assertThat(result.code()).isEqualTo(2);
              assertThat(result.err())
                  .contains("words: expected a text, got 1", "word: expected one of");
            });
  }

  // ---- soak ----

  @DisplayName("running_without_container new occurrences: 0 for 48h post-deploy")
  @Test
  void twoDaysWithoutOneAndWithADetectorThatIsAliveAreAPass() {
    Instant now;
    try (Journalling host = new Journalling(directory)) {
      host.stale();
      host.alive(3);
      mark("v2", host.now());
      host.alive(47);
      now = host.now();
      assertThat(soak(now).code()).isEqualTo(3);
      assertThat(soak(now).out()).contains("INCONCLUSIVE soak", "watched for PT47H of PT48H");
      host.alive(1);
      now = host.now();
    }
    Told result = soak(now);
    assertThat(result.code()).isZero();
    assertThat(result.lines())
        .contains(
            "running_without_container: 1 before, 0 since",
            "48 self-tests since, none failed",
            "PASS soak running_without_container: did not happen in PT48H, watched from "
                + "2026-01-01T03:00:00Z");
    assertThat(soak(now)).isEqualTo(result);
  }

  private Told soak(Instant now) {
    return calls.verb("soak --now " + now);
  }

  @Test
  void oneThatIsFoundSinceIsAFailureAndIsCited() {
    Instant now;
    try (Journalling host = new Journalling(directory)) {
      mark("v2", host.now());
      host.alive(30);
      host.stale();
      host.alive(30);
      now = host.now();
    }
    Told result = calls.verb("soak --json --now " + now);
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.json().get("summary").get("found").get("ids")).hasSize(1);
    assertThat(soak(now).out()).contains("0 before, 1 since", "FAIL soak");
  }

  @Test
  void aDetectorThatWasSilentProvesNothing() {
    Instant now;
    try (Journalling host = new Journalling(directory)) {
      mark("v2", host.now());
      host.world.advance(java.time.Duration.ofDays(3));
      now = host.now();
      assertThat(soak(now).out())
          .contains(
              "0 before, 0 since, and nothing shows that one would have been seen",
              "its detector is not proven to be alive");
      host.alive(60);
      host.selfTest(false);
      now = host.now().plusSeconds(1);
    }
    assertThat(soak(now).code()).isEqualTo(3);
    assertThat(soak(now).out()).contains("1 failed [");
  }

  @Test
  void aJournalThatIsNotWholeIsNoPass() throws IOException {
    Instant now;
    try (Journalling host = new Journalling(directory)) {
      mark("v2", host.now());
      host.alive(50);
      now = host.now().plusSeconds(1);
    }
    assertThat(soak(now).code()).isZero();
    String name =
        calls.files().keySet().stream().filter(one -> one.contains("20260101")).findFirst().get();
    Files.writeString(
        directory.resolve(name), calls.files().get(name) + "{\"v\":1,\"epoch\":\"2026");
    Told result = soak(now);
    assertThat(result.code()).isEqualTo(3);
    assertThat(result.out()).contains("INCONCLUSIVE soak", "the journal is not whole", "1 torn");
  }

  // ---- churn ----

  @DisplayName("WA churn ratio reduced from baseline")
  @Test
  void closesAreHeldAgainstAsLongBeforeTheMarker() {
    Instant marked;
    Instant now;
    try (Journalling host = new Journalling(directory)) {
      host.closes(12);
      marked = host.now();
      mark("v2", marked);
      host.closes(3);
      now = host.now();
    }
    Told result = calls.verb("churn --now " + now);
    assertThat(result.code()).isZero();
    assertThat(result.out())
        .contains("since v2 at " + marked + " by alice", "ratio 0.250", "reduced: 3 closes")
        .containsPattern("baseline \\[2026-01-01T00:00:00Z, .*12 closes, 12.00 an hour");
    assertThat(calls.verb("churn --fail-on reduced --now " + now).code()).isEqualTo(1);
    assertThat(
            calls
                .verb(
                    "churn --since "
                        + marked
                        + " --baseline-since 2025-12-01T00:00:00Z --link whatsapp --now "
                        + now)
                .out())
        .contains("not_reduced");
  }

  // ---- bad input ----

  @Test
  void badInputIsNamedAndExitsWithTwo() {
    for (String verb : List.of("soak", "churn")) {
      assertThat(calls.verb(verb))
          .satisfies(
              result -> {
                assertThat(result.code()).isEqualTo(2);
                assertThat(result.err()).contains("there is no marker in", "mark VERSION");
              });
      assertThat(calls.verb(verb + " --mark v9").err()).contains("no marker of \"v9\"");
      assertThat(calls.verb(verb + " --mark v --since 2026-01-01T00:00:00Z").code()).isEqualTo(2);
      assertThat(calls.verb(verb + " --since 2999-01-01T00:00:00Z").code()).isEqualTo(2);
      assertThat(Told.by(verb, "--dir", directory + "/no").err()).contains("no journal in");
    }
    assertThat(calls.verb("soak --for soon").err()).contains("--for", "\"soon\"");
    assertThat(calls.verb("soak --since 2026-01-01T00:00:00Z --for 0s").code()).isEqualTo(2);
    assertThat(
            calls
                .verb("churn --since 2026-01-01T00:00:00Z --baseline-since 2026-02-01T00:00:00Z")
                .code())
        .isEqualTo(2);
    assertThat(calls.verb("mark v1").code()).isEqualTo(2);
    assertThat(calls.verb("mark v1 --actor a --at 2999-01-01T00:00:00Z").err())
        .contains("--at: expected a time that has come");
    assertThat(calls.verb("mark", " ", "--actor", "a").code()).isEqualTo(2);
    assertThat(calls.verb("mark v1 --actor a --fixes nonsense").code()).isEqualTo(2);
    assertThat(Told.by("mark", "v1", "--actor", "a", "--dir", directory + "/no").code())
        .isEqualTo(2);
    assertThat(directory.resolve("no")).doesNotExist();
    calls.write("c.json", "{}");
    assertThat(calls.verb("mark v1 --actor a --words w --record " + directory + "/c.json").err())
        .contains("got both");
  }
}
