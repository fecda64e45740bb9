package dev.reliability.core.dispatch;

import dev.reliability.core.store.ItemKey;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a payload means: the host's side of dispatch.
 *
 * @param <P> the payload
 */
@FunctionalInterface
public interface DispatchRules<P> {

  /**
   * Judges a payload. An {@link IllegalArgumentException}, as a name that no item can have makes
   * it, makes the verdict {@link DispatchRejection#INVALID_PAYLOAD}; whatever else it throws makes
   * it {@link DispatchRejection#DEPENDENCY_UNHEALTHY}.
   */
  Ruling judge(P payload);

  /** What the host says to a payload. */
  sealed interface Ruling {

    /** Applies the function that fits. */
    default <T> T fold(Function<Accept, T> accept, Function<Reject, T> reject) {
      return this instanceof Accept a ? accept.apply(a) : reject.apply((Reject) this);
    }
  }

  /**
   * It is to be worked on.
   *
   * @param key as which item
   * @param stored what whoever claims the item needs of the payload
   */
  record Accept(ItemKey key, @Nullable String stored) implements Ruling {
    /** Checks the key. */
    public Accept {
      Objects.requireNonNull(key, "key");
    }
  }

  /**
   * It is not.
   *
   * @param reason why
   * @param faults everything that is wrong with it, for {@code invalid_payload}
   * @param detail more in words
   */
  record Reject(DispatchRejection reason, List<String> faults, @Nullable String detail)
      implements Ruling {
    /** Copies {@code faults}. */
    public Reject {
      Objects.requireNonNull(reason, "reason");
      faults = List.copyOf(faults);
    }
  }

  /** It is to be worked on. */
  static Ruling accept(String lane, String item, @Nullable String stored) {
    return new Accept(new ItemKey(lane, item), stored);
  }

  /** It is not what it should be. */
  static Ruling invalid(List<String> faults) {
    return new Reject(DispatchRejection.INVALID_PAYLOAD, faults, null);
  }

  /** It is rejected for another reason. */
  static Ruling reject(DispatchRejection reason, String detail) {
    return new Reject(reason, List.of(), detail);
  }
}
