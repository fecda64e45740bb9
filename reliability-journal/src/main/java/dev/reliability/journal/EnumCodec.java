package dev.reliability.journal;

import com.fasterxml.jackson.core.JsonParser;
import dev.reliability.core.event.RunState;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** The constants of an enum, in lower case. */
final class EnumCodec extends ValueCodec {
  private final Object[] constants;
  private final byte[][] spellings;
  private final Map<Object, byte[]> byConstant = new HashMap<>();
  private final Map<String, Object> byName = new HashMap<>();

  EnumCodec(Object[] constants) {
    super("one of " + Arrays.stream(constants).map(EnumCodec::wireName).toList());
    this.constants = constants;
    spellings = Arrays.stream(constants).map(EnumCodec::spelling).toArray(byte[][]::new);
    for (int i = 0; i < constants.length; i++) {
      byConstant.put(constants[i], spellings[i]);
      byName.put(wireName(constants[i]), constants[i]);
    }
  }

  private static String wireName(Object constant) {
    return constant instanceof RunState state
        ? state.wireName()
        : ((Enum<?>) constant).name().toLowerCase(Locale.ROOT);
  }

  private static byte[] spelling(Object constant) {
    LineWriter out = new LineWriter(64);
    out.text(wireName(constant));
    return Arrays.copyOf(out.bytes(), out.size());
  }

  @Override
  void write(LineWriter out, Object value) {
    out.raw(Objects.requireNonNull(byConstant.get(value)));
  }

  @Override
  Object read(JsonParser parser) throws IOException {
    Object constant = byName.get(text(parser));
    if (constant == null) {
      throw refused(parser);
    }
    return constant;
  }

  @Override
  Object glance(Glance line) {
    for (int i = 0; i < spellings.length; i++) {
      if (line.literal(spellings[i])) {
        return constants[i];
      }
    }
    return Glance.NO;
  }
}
