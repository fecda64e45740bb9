package dev.reliability.testkit.store;

import dev.reliability.core.store.StateStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Stores of documents in each of which one step is done wrong. */
final class BrokenStateStores {

  private BrokenStateStores() {}

  /** The one that is right. */
  static class Plain implements StateStore {
    final Map<String, Doc> docs = new TreeMap<>();
    long removed; // the greatest version of a document that was removed

    @Override
    public synchronized Optional<Doc> read(String name) {
      return Optional.ofNullable(docs.get(checked(name)));
    }

    @Override
    public synchronized boolean write(String name, long expected, Map<String, String> values) {
      if (!isAt(checked(name), expected)) {
        return false;
      }
      docs.put(name, new Doc(name, next(name), values));
      return true;
    }

    @Override
    public synchronized boolean remove(String name, long expected) {
      if (!docs.containsKey(checked(name)) || !isAt(name, expected)) {
        return false;
      }
      removed = Math.max(removed, docs.remove(name).version());
      return true;
    }

    @Override
    public synchronized List<String> names(String prefix) {
      return docs.keySet().stream().filter(name -> name.startsWith(prefix)).toList();
    }

    String checked(String name) {
      return StateStore.checkedName(name);
    }

    final long version(String name) {
      return docs.containsKey(name) ? docs.get(name).version() : NEW;
    }

    boolean isAt(String name, long expected) {
      return version(name) == expected;
    }

    long next(String name) {
      return (docs.containsKey(name) ? version(name) : removed) + 1;
    }
  }

  @NoticedBy("noVersionComesTwice")
  static StateStore versionsBeginAnew() {
    return new Plain() {
      @Override
      long next(String name) {
        return version(name) + 1;
      }
    };
  }

  @NoticedBy("noVersionComesTwice")
  static StateStore versionsGoOnOnceOnly() {
    return new Plain() {
      @Override
      long next(String name) {
        return (docs.containsKey(name) ? version(name) : Math.min(2, removed)) + 1;
      }
    };
  }

  @NoticedBy("aWriteOfAnotherVersionIsRefused")
  static StateStore versionUnchecked() {
    return new Plain() {
      @Override
      boolean isAt(String name, long expected) {
        return true;
      }
    };
  }

  @NoticedBy({"aWriteOfAnotherVersionIsRefused", "ofManyNewDocumentsOneIsWritten"})
  static StateStore newReplacesWhatIsThere() {
    return new Plain() {
      @Override
      boolean isAt(String name, long expected) {
        return expected == NEW || super.isAt(name, expected);
      }
    };
  }

  @NoticedBy("aWriteOfAnotherVersionIsRefused")
  static StateStore olderVersionsOnlyRefused() {
    return new Plain() {
      @Override
      boolean isAt(String name, long expected) {
        return expected >= version(name);
      }
    };
  }

  @NoticedBy("aWriteReplacesTheWholeDocument")
  static StateStore versionNotCounted() {
    return new Plain() {
      @Override
      long next(String name) {
        return 1;
      }
    };
  }

  @NoticedBy({"concurrentIncrementsLoseNothing", "ofManyNewDocumentsOneIsWritten"})
  static StateStore versionCheckedInAStepOfItsOwn() {
    Gap gap = new Gap();
    return new Plain() {
      @SuppressWarnings("UnsynchronizedOverridesSynchronized") // that is the fault
      @Override
      public boolean write(String name, long expected, Map<String, String> values) {
        synchronized (this) {
          if (!isAt(name, expected)) {
            return false;
          }
        }
        gap.pass();
        synchronized (this) {
          return super.write(name, version(checked(name)), values);
        }
      }
    };
  }

  @NoticedBy("aWriteReplacesTheWholeDocument")
  static StateStore valuesMerged() {
    return new Plain() {
      @Override
      public synchronized boolean write(String name, long expected, Map<String, String> values) {
        Map<String, String> merged = new HashMap<>();
        read(name).ifPresent(doc -> merged.putAll(doc.values()));
        merged.putAll(values);
        return super.write(name, expected, merged);
      }
    };
  }

  @NoticedBy("aDocumentIsRemovedWithItsOwnVersionOnly")
  static StateStore anyVersionRemoved() {
    return new Plain() {
      @Override
      public synchronized boolean remove(String name, long expected) {
        return docs.remove(checked(name)) != null;
      }
    };
  }

  @NoticedBy("aDocumentIsRemovedWithItsOwnVersionOnly")
  static StateStore removalLeavesAnEmptyOne() {
    return new Plain() {
      @Override
      public synchronized boolean remove(String name, long expected) {
        boolean removed = super.remove(name, expected);
        if (removed) {
          docs.put(name, new Doc(name, expected + 1, Map.of()));
        }
        return removed;
      }
    };
  }

  @NoticedBy("badNamesAreRefused")
  static StateStore anyNameTaken() {
    return new Plain() {
      @Override
      String checked(String name) {
        return name;
      }
    };
  }

  @NoticedBy("everyGoodNameIsOneOfItsOwn")
  static StateStore namesOfAnyCase() {
    return new Plain() {
      @Override
      String checked(String name) {
        return super.checked(name).toLowerCase(Locale.ROOT);
      }
    };
  }

  @NoticedBy("namesAreListedInOrder")
  static StateStore namesWithWildcards() {
    return new Plain() {
      @Override
      public synchronized List<String> names(String prefix) {
        String pattern = prefix.replace('_', '.') + ".*";
        return docs.keySet().stream().filter(name -> name.matches(pattern)).toList();
      }
    };
  }

  @NoticedBy("namesAreListedInOrder")
  static StateStore namesInAnyOrder() {
    return new Plain() {
      @Override
      public synchronized List<String> names(String prefix) {
        List<String> names = new ArrayList<>(super.names(prefix));
        names.sort(Comparator.comparing(String::length));
        return names;
      }
    };
  }

  @NoticedBy("textsComeBackAsTheyWere")
  static StateStore valuesAsLines() {
    return new Plain() {
      @Override
      public synchronized boolean write(String name, long expected, Map<String, String> values) {
        StringBuilder file = new StringBuilder();
        values.forEach((key, value) -> file.append(key).append('=').append(value).append('\n'));
        Map<String, String> read = new LinkedHashMap<>();
        for (String line : file.toString().split("\n", -1)) {
          int equals = line.indexOf('=');
          if (equals >= 0) {
            read.put(line.substring(0, equals), line.substring(equals + 1));
          }
        }
        return super.write(name, expected, read);
      }
    };
  }

  @NoticedBy("longDocumentsComeBackAsTheyWere")
  static StateStore valuesOf64Kilobytes() {
    return new Plain() {
      @Override
      public synchronized boolean write(String name, long expected, Map<String, String> values) {
        Map<String, String> cut = new HashMap<>(values);
        cut.replaceAll((key, value) -> value.length() > 65_535 ? "" : value);
        return super.write(name, expected, cut);
      }
    };
  }

  @NoticedBy("textsComeBackAsTheyWere")
  static StateStore nulEndsAText() {
    return new Plain() {
      @Override
      public synchronized boolean write(String name, long expected, Map<String, String> values) {
        Map<String, String> cut = new HashMap<>(values);
        cut.replaceAll((key, value) -> value.split("\0", 2)[0]);
        return super.write(name, expected, cut);
      }
    };
  }

  @NoticedBy("textsComeBackAsTheyWere")
  static StateStore halvesOfPairsLost() {
    return new Plain() {
      @Override
      public synchronized boolean write(String name, long expected, Map<String, String> values) {
        Map<String, String> spelled = new HashMap<>(values);
        spelled.replaceAll(
            (key, value) ->
                new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
        return super.write(name, expected, spelled);
      }
    };
  }
}
