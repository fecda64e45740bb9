package dev.reliability.core.lane;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What makes two failures the same (requirement J1). */
class FailureFingerprintTest {

  private static String of(String reason) {
    return FailureFingerprint.of("andy-developer", reason).value();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "exit_nonzero: exit code 3 | exit_nonzero: exit code 17",
        "no answer from 10.0.0.7:8080 | no answer from 10.0.0.9:8081",
        "task 550e8400-e29b-41d4-a716-446655440000 failed | task 6ba7b810-9dad-11d1-80b4-00c04fd430c8 failed",
        "cannot read /var/lib/a/b.json | cannot read /home/andy/x.json",
        "cannot read ./a/b.txt | cannot read ../c/d/e.txt",
        "at 2026-11-21T12:00:00Z it broke | at 2025-01-02T03:04:05.678+01:00 it broke",
        "at 12:00:01 it broke | at 23:59:59 it broke",
        "commit deadbee1 is missing | commit 0badcafe12 is missing",
        "object at 0x7ffe12 | object at 0xABCDEF99",
        "worker-17 refused | worker-4 refused",
        "fetch https://a.example/x?y=1 failed | fetch https://b.example/z failed",
        "Validation  FAILED | validation failed"
      })
  void whatDiffersFromOneTimeToTheNextDoesNotMatter(String one, String other) {
    assertThat(of(one)).isEqualTo(of(other));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "exit_nonzero: exit code 3 | killed_by_signal: signal 9",
        "validation failed | validation passed",
        "cannot read /a/b | cannot write /a/b",
        "deadbeat | facade"
      })
  void whatSaysSomethingElseIsSomethingElse(String one, String other) {
    assertThat(of(one)).isNotEqualTo(of(other));
  }

  @Test
  void theLaneIsPartOfIt() {
    assertThat(FailureFingerprint.of("a", "x").value()).isEqualTo("a:x");
    assertThat(FailureFingerprint.of("a", "x").isSameAs(FailureFingerprint.of("b", "x"))).isFalse();
  }

  @Test
  void itKeepsTheReasonAndSaysWhatWasTakenOut() {
    String reason = "run 17 of /srv/app/x failed at 12:00:01";
    FailureFingerprint fingerprint = FailureFingerprint.of("lane", reason);
    assertThat(fingerprint.raw()).isEqualTo(reason);
    assertThat(fingerprint.value()).isEqualTo("lane:run <n> of <path> failed at <time>");
    assertThat(fingerprint.replaced()).containsExactlyInAnyOrder("times", "paths", "numbers");
    assertThat(fingerprint.version()).isEqualTo(1);
  }

  @Test
  void aReasonOfAnyLengthGivesAShortOneInAMoment() {
    FailureFingerprint fingerprint = FailureFingerprint.of("lane", "a/b 1".repeat(1_000_000));
    assertThat(fingerprint.value().length()).isLessThan(400);
    assertThat(fingerprint.replaced()).contains("what is beyond 300 characters");
  }
}
