package dev.reliability.ops.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/**
 * What a call of the command came to.
 *
 * @param code its exit code
 * @param out what it printed
 * @param err what it complained about
 */
public record Told(int code, String out, String err) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Calls it. */
  public static Told by(String... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Main.run(new PrintWriter(out), new PrintWriter(err), words);
    return new Told(code, out.toString(), err.toString());
  }

  /** What it printed, line by line. */
  List<String> lines() {
    return out.lines().toList();
  }

  /** The one document that it printed, which is what its schema says. */
  JsonNode json() {
    return Schemas.valid(document());
  }

  /** The same, whatever its schema says. */
  JsonNode document() {
    try {
      return MAPPER.readTree(out);
    } catch (IOException e) {
      throw new AssertionError("no JSON: " + out, e);
    }
  }
}
