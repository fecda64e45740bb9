package dev.reliability.ops.cli;

import dev.reliability.core.event.ChangeRecord;
import dev.reliability.core.event.DeployEvent;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.Subject;
import dev.reliability.core.store.StoredText;
import dev.reliability.ops.setup.ChangeRecordReader;
import dev.reliability.ops.setup.InstallationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says that another version is in service (requirements A5, S1). */
@Command(
    name = "mark",
    description = {
      "Writes into the journal that a version is in service, with what was changed and why.",
      "Counts are split there; nothing that happened before is rewritten."
    })
final class MarkVerb extends Verb {
  @Mixin SetupOptions setup = new SetupOptions();

  @Parameters(paramLabel = "VERSION", description = "What it is called.")
  String version = "";

  @Option(names = "--actor", required = true, description = "Who put it into service.")
  String actor = "";

  @Option(
      names = "--at",
      paramLabel = "TIME",
      converter = Values.Time.class,
      description = "Since when it is in service; now by default.")
  @Nullable Instant at;

  @Option(
      names = "--record",
      paramLabel = "FILE",
      description = "The change record, as JSON with the names of the options below.")
  @Nullable Path record;

  @Option(names = "--words", description = "What was changed.")
  String words = "";

  @Option(names = "--trigger", description = "What made it necessary.")
  String trigger = "";

  @Option(names = "--files", description = "A file that was changed; may be repeated.")
  List<String> files = new ArrayList<>();

  @Option(names = "--fixes", description = "ISSUE=FIX: what was wrong, and what mends it.")
  Map<String, String> fixes = new LinkedHashMap<>();

  @Option(names = "--before", description = "How it behaved before.")
  String before = "";

  @Option(names = "--after", description = "How it behaves now.")
  String after = "";

  @Option(names = "--verification", description = "What was tried, and what that came to.")
  List<String> verification = new ArrayList<>();

  @Option(names = "--rollback", description = "How to go back, a step each.")
  List<String> rollback = new ArrayList<>();

  @Option(names = "--outcome", description = "What it came to.")
  String outcome = "";

  @Option(names = "--lessons", description = "What was learnt.")
  List<String> lessons = new ArrayList<>();

  @Option(names = "--next", description = "What is still to be done.")
  List<String> next = new ArrayList<>();

  @Option(names = "--links", description = "Where to read more.")
  List<String> links = new ArrayList<>();

  @Override
  Report report(Workplace workplace) {
    StoredText.checkedName("version", version);
    StoredText.checkedName("actor", actor);
    Instant moment = at == null ? workplace.now() : at;
    if (moment.isAfter(workplace.now())) {
      throw CommandException.usage("--at: expected a time that has come, got " + moment);
    }
    if (!Files.isDirectory(workplace.directory())) {
      throw CommandException.usage(
          "there is no " + workplace.directory() + ": expected an installation (--dir)");
    }
    ChangeRecord change = change();
    String hash = setup.hash(setup.installation(workplace));
    DeployEvent.Marked marked = new DeployEvent.Marked(version, moment, hash, change);
    Event event = workplace.bus().emit(Subject.ofActor(actor), marked);
    workplace.written();
    Marks.Mark mark = new Marks.Mark(event, marked);
    Map<String, Object> summary = new LinkedHashMap<>(mark.entry());
    summary.put("actor", actor);
    summary.put("change", Plain.of(change));
    return Report.of("mark", List.of(mark.line()), summary)
        .next("reliability churn --mark " + version, "reliability soak --mark " + version);
  }

  private ChangeRecord change() {
    ChangeRecord given =
        cleaned(
            new ChangeRecord(
                trigger,
                words,
                files,
                fixes,
                before,
                after,
                verification,
                rollback,
                outcome,
                lessons,
                next,
                links));
    Path file = record;
    if (file == null) {
      return given;
    }
    if (!given.equals(cleaned(empty()))) {
      throw CommandException.usage("expected the change in --record or in options, got both");
    }
    try {
      return cleaned(ChangeRecordReader.read(file));
    } catch (IOException e) {
      throw CommandException.usage("--record " + file + " cannot be read: " + e);
    } catch (InstallationException e) {
      throw CommandException.usage(String.valueOf(e.getMessage()));
    }
  }

  private static ChangeRecord empty() {
    List<String> none = List.of();
    return new ChangeRecord("", "", none, Map.of(), "", "", none, none, "", none, none, none);
  }

  /** Without what no journal takes. */
  private static ChangeRecord cleaned(ChangeRecord one) {
    Map<String, String> pairs = new LinkedHashMap<>();
    one.fixes().forEach((key, text) -> pairs.put(cleaned(key), cleaned(text)));
    return new ChangeRecord(
        cleaned(one.trigger()),
        cleaned(one.words()),
        cleaned(one.files()),
        pairs,
        cleaned(one.before()),
        cleaned(one.after()),
        cleaned(one.verification()),
        cleaned(one.rollback()),
        cleaned(one.outcome()),
        cleaned(one.lessons()),
        cleaned(one.next()),
        cleaned(one.links()));
  }

  private static String cleaned(String text) {
    return StoredText.cleaned(text);
  }

  private static List<String> cleaned(List<String> texts) {
    return texts.stream().map(StoredText::cleaned).toList();
  }
}
