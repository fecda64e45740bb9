package dev.reliability.benchmarks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** The entries of a whole board, each as the JSON that it came as. */
final class PageBoard {
  private static final JsonFactory JSON = new JsonFactory();

  private final Map<String, String> entries;

  private PageBoard(Map<String, String> entries) {
    this.entries = entries;
  }

  static PageBoard read(String json) throws IOException {
    Map<String, String> entries = new HashMap<>();
    try (JsonParser parser = JSON.createParser(json)) {
      int depth = 0;
      String section = "";
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.START_OBJECT) {
          depth++;
        } else if (token == JsonToken.END_OBJECT) {
          depth--;
        } else if (token == JsonToken.FIELD_NAME && depth == 2) {
          section = parser.currentName();
        } else if (token == JsonToken.FIELD_NAME && depth == 3) {
          String key = parser.currentName();
          parser.nextToken();
          int from = (int) parser.currentTokenLocation().getCharOffset();
          parser.skipChildren();
          parser.finishToken();
          int to = (int) parser.currentLocation().getCharOffset();
          entries.put(section + '/' + key, json.substring(from, to));
        }
      }
    }
    return new PageBoard(entries);
  }

  int size() {
    return entries.size();
  }

  /** The least that has to be told of this one to whoever knows the one before: keys and JSON. */
  long bytesSince(PageBoard before) {
    long bytes = 0;
    for (Map.Entry<String, String> entry : entries.entrySet()) {
      if (!entry.getValue().equals(before.entries.get(entry.getKey()))) {
        bytes += length(entry.getKey()) + length(entry.getValue());
      }
    }
    for (String key : before.entries.keySet()) {
      if (!entries.containsKey(key)) {
        bytes += length(key);
      }
    }
    return bytes;
  }

  private static int length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
