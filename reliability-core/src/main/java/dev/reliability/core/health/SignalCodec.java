package dev.reliability.core.health;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How the values of a signal are spelled. Implementations are thread-safe.
 *
 * @param <T> the values
 */
public interface SignalCodec<T> {

  /** The spelling of a value. */
  String spell(T value);

  /**
   * The value of a spelling.
   *
   * @throws IllegalArgumentException naming the text and what was expected, if it is none; never a
   *     default
   */
  T parse(String text);

  /** Texts as they are. */
  static SignalCodec<String> text() {
    return new SignalCodec<>() {
      @Override
      public String spell(String value) {
        return value;
      }

      @Override
      public String parse(String text) {
        return text;
      }
    };
  }

  /** The constants of an enum, by their names in lower case, such as {@code no_go}. */
  static <E extends Enum<E>> SignalCodec<E> ofEnum(Class<E> type) {
    List<E> constants = List.of(type.getEnumConstants());
    return new SignalCodec<>() {
      @Override
      public String spell(E value) {
        return value.name().toLowerCase(Locale.ROOT);
      }

      @Override
      public E parse(String text) {
        for (E constant : constants) {
          if (spell(constant).equals(text)) {
            return constant;
          }
        }
        throw new IllegalArgumentException(
            type.getSimpleName()
                + ": expected one of "
                + Arrays.toString(constants.stream().map(this::spell).toArray())
                + ", got \""
                + text
                + "\"");
      }
    };
  }
}
