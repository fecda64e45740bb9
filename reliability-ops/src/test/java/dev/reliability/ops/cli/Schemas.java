package dev.reliability.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.InputStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The schemas that ship, as an independent validator reads them. */
final class Schemas {
  private static final Map<String, JsonSchema> READ = new ConcurrentHashMap<>();

  private Schemas() {}

  /** Where the schema of a verb is. */
  static String resource(String verb) {
    return "/dev/reliability/ops/schema/" + verb.replace(' ', '-') + ".v1.json";
  }

  /** A document is what the schema that it names says. */
  static JsonNode valid(JsonNode document) {
    String verb = document.path("verb").asText();
    JsonSchema schema = READ.computeIfAbsent(verb, Schemas::read);
    assertThat(schema.validate(document)).as(verb + " " + document).isEmpty();
    return document;
  }

  private static JsonSchema read(String verb) {
    InputStream in = Schemas.class.getResourceAsStream(resource(verb));
    assertThat(in).as("the schema of " + verb).isNotNull();
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(in);
  }
}
