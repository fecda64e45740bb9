package dev.reliability.ops.setup;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A small file of JSON, read strictly: no name twice, and nothing behind its end. */
final class JsonFile {
  private static final int LARGEST = 1 << 20;
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private JsonFile() {}

  /**
   * What stands in it.
   *
   * @throws IOException if it cannot be read
   * @throws InstallationException if it is too long, empty or no JSON
   */
  static JsonNode read(Path file) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(LARGEST + 1);
    }
    if (bytes.length > LARGEST) {
      throw failed(file, "expected at most " + LARGEST + " bytes, got more");
    }
    JsonNode root;
    try {
      root = MAPPER.readTree(bytes);
    } catch (JacksonException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      throw failed(file, "line " + line + ": expected JSON: " + e.getOriginalMessage());
    }
    if (root.isMissingNode()) {
      throw failed(file, "expected an object, got nothing");
    }
    return root;
  }

  private static InstallationException failed(Path file, String problem) {
    return new InstallationException(file.toString(), List.of(problem));
  }
}
