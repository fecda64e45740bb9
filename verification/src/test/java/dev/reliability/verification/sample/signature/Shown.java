package dev.reliability.verification.sample.signature;

import com.google.common.collect.ForwardingList;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Multimap;
import java.util.List;
import java.util.Map;

/** A sample for the proof that a rule bites. */
public class Shown<T extends Multimap<String, String>> {
  protected final ImmutableList<String> shownByField = ImmutableList.of();
  final ImmutableList<String> hiddenField = ImmutableList.of();

  public Map<String, List<ImmutableSet<String>>> shownByReturn() {
    return Map.of();
  }

  public void shownByParameter(ImmutableList<String>[] lists) {}

  public <S extends ImmutableList<?>> void shownByBound() {}

  ImmutableList<String> hidden() {
    return hiddenField;
  }

  static final class Hidden {
    public ImmutableList<String> hidden() {
      return ImmutableList.of();
    }
  }

  /** A sample for the proof that a rule bites. */
  public abstract static class ShownByParent extends ForwardingList<String> {}
}
