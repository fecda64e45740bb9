package dev.reliability.journal;

import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name of a file of the journal: {@code journal-<epoch>.jsonl} for the first part of what an
 * incarnation wrote, {@code journal-<epoch>.<number>.jsonl} for the parts from the second on,
 * numbered with six digits.
 *
 * @param epoch the incarnation: letters, digits, {@code -} and {@code _}, 128 at most
 * @param part 1 for the first part
 */
record SegmentName(String epoch, int part) {
  private static final String EPOCH = "[A-Za-z0-9_-]{1,128}";
  private static final Pattern EPOCHS = Pattern.compile(EPOCH);
  private static final Pattern NAMES =
      Pattern.compile("journal-(" + EPOCH + ")(?:\\.(\\d{6}))?\\.jsonl");

  /** What a file's name stands for, or null if it is not one of the journal's. */
  static @Nullable SegmentName parse(Path file) {
    Path name = file.getFileName();
    Matcher matcher = NAMES.matcher(name == null ? "" : name.toString());
    if (!matcher.matches()) {
      return null;
    }
    return new SegmentName(
        matcher.group(1), matcher.group(2) == null ? 1 : Integer.parseInt(matcher.group(2)));
  }

  /** Whether an epoch can be part of a file's name. */
  static boolean isPossible(String epoch) {
    return EPOCHS.matcher(epoch).matches();
  }

  String fileName() {
    return "journal-"
        + epoch
        + (part == 1 ? "" : String.format(Locale.ROOT, ".%06d", part))
        + ".jsonl";
  }
}
