package dev.reliability.ops.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A verb that asks the journal about all lanes or one. */
abstract class LaneJournalVerb<R> extends JournalVerb<R> {
  @Option(names = "--lane", description = "One lane only.")
  @Nullable String lane;
}
