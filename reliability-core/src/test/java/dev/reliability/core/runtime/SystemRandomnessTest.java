package dev.reliability.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SystemRandomnessTest {
  private final Randomness randomness = new SystemRandomness(1, 2);

  private static List<Long> draw(RandomGenerator stream) {
    return LongStream.generate(stream::nextLong).limit(20).boxed().toList();
  }

  @Test
  void equalLabelsAndKeysGiveEqualStreams() {
    assertThat(draw(randomness.stream("backoff", "lane")))
        .isEqualTo(draw(randomness.stream("backoff", "lane")));
    assertThat(draw(new SystemRandomness(1, 2).stream("backoff", "lane")))
        .isEqualTo(draw(randomness.stream("backoff", "lane")));
  }

  @Test
  void drawingFromOneStreamChangesNothingInAnother() {
    RandomGenerator one = randomness.stream("backoff", "a");
    RandomGenerator other = randomness.stream("backoff", "b");
    draw(one);
    draw(one);
    assertThat(draw(other)).isEqualTo(draw(randomness.stream("backoff", "b")));
  }

  @Test
  void differentLabelsKeysAndSeedsGiveDifferentStreams() {
    List<RandomGenerator> streams =
        List.of(
            randomness.stream("backoff", "lane"),
            randomness.stream("backoff", "lane2"),
            randomness.stream("burst", "lane"),
            randomness.stream("backofflane", ""),
            randomness.stream("", "backofflane"),
            randomness.stream("backof", "flane"),
            randomness.stream("lane", "backoff"),
            new SystemRandomness(1, 3).stream("backoff", "lane"),
            new SystemRandomness(2, 2).stream("backoff", "lane"));
    Set<Long> all = new HashSet<>();
    streams.forEach(stream -> all.addAll(draw(stream)));
    assertThat(all).hasSize(20 * streams.size());
  }

  @Test
  void firstNumbersOfKeysThatCountUpCoverTheRangeEvenly() {
    int[] deciles = new int[10];
    for (int run = 0; run < 10_000; run++) {
      deciles[(int) (randomness.stream("jitter", "run-" + run).nextDouble() * 10)]++;
    }
    for (int decile : deciles) {
      assertThat(decile).isBetween(850, 1150);
    }
  }

  @Test
  void aNonceIsNewEachTimeWhateverTheSeed() {
    Set<String> all = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      all.add(new SystemRandomness(1, 2).nonce("marker", "run"));
      all.add(randomness.nonce("marker", "run"));
    }
    assertThat(all).hasSize(200).allMatch(nonce -> nonce.matches("[0-9a-f]{32}"));
  }

  @Test
  void aProcessHasASeedOfItsOwn() {
    assertThat(draw(new SystemRandomness().stream("a", "b")))
        .isNotEqualTo(draw(new SystemRandomness().stream("a", "b")));
  }
}
