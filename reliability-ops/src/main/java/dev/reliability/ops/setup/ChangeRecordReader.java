package dev.reliability.ops.setup;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reliability.core.event.ChangeRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Reads a change record from a file of JSON, whose fields are those of {@link ChangeRecord}. */
public final class ChangeRecordReader {
  private ChangeRecordReader() {}

  /**
   * Reads one.
   *
   * @throws java.nio.file.NoSuchFileException if it is not there
   * @throws IOException if it cannot be read
   * @throws InstallationException listing everything that is wrong with what stands there
   */
  public static ChangeRecord read(Path file) throws IOException {
    List<String> problems = new ArrayList<>();
    JsonNode root = JsonFile.read(file);
    Fields fields = new Fields(root, "", problems);
    ChangeRecord record =
        new ChangeRecord(
            text(fields, "trigger"),
            text(fields, "words"),
            texts(fields, "files"),
            fields.pairs("fixes"),
            text(fields, "before"),
            text(fields, "after"),
            texts(fields, "verification"),
            texts(fields, "rollback"),
            text(fields, "outcome"),
            texts(fields, "lessons"),
            texts(fields, "next"),
            texts(fields, "links"));
    fields.done();
    if (!problems.isEmpty()) {
      throw new InstallationException(file.toString(), problems);
    }
    return record;
  }

  private static String text(Fields fields, String name) {
    return fields.text(name, Function.identity(), "");
  }

  private static List<String> texts(Fields fields, String name) {
    return fields.texts(name, Function.identity());
  }
}
