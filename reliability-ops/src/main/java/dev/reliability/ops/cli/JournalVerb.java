package dev.reliability.ops.cli;

import dev.reliability.ops.analysis.Analysis;
import dev.reliability.ops.analysis.Window;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * A verb that asks the journal.
 *
 * @param <R> the analysis' report
 */
abstract class JournalVerb<R> extends Verb {
  @Mixin WindowOptions time = new WindowOptions();

  @Option(
      names = "--fail-on",
      paramLabel = "WORD",
      description = "Exit code 1 if the report has this verdict, end, reason, class, lane or so.")
  @Nullable String failOn;

  abstract Analysis<R> analysis(Window window, Workplace workplace);

  /** How the report reads. */
  abstract Report shown(R report);

  /** The words, beside the verdict, that {@code --fail-on} may name. */
  Collection<String> words(R report) {
    return List.of();
  }

  /** The same if what was read is not whole. */
  Report notWhole(Report report) {
    return report;
  }

  @Override
  final Report report(Workplace workplace) {
    Window window = time.window(workplace.now());
    Analysis<R> analysis = analysis(window, workplace);
    JournalFacts journal = JournalFacts.feed(workplace, analysis);
    R found = analysis.report();
    Report shown = shown(found).of(window, journal);
    shown = journal.isWhole() ? shown : notWhole(shown);
    if (journal.isUnreadable()) {
      return shown.and(ExitCode.UNKNOWN, "nothing of the journal could be read");
    }
    return says(shown, found) ? shown.and(ExitCode.FAIL, "FAIL: it says " + failOn) : shown;
  }

  private boolean says(Report shown, R found) {
    String word = failOn;
    return word != null
        && (shown.verdict().equalsIgnoreCase(word)
            || words(found).stream().anyMatch(word::equalsIgnoreCase));
  }
}
