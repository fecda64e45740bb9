package dev.reliability.verification;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What the rules look at. */
final class Classes {

  /** The base package of every module. */
  static final String ROOT = "dev.reliability";

  /** Main classes of every module but the benchmarks, which may do as they like. */
  static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  private static final Map<String, JavaClasses> SAMPLES = new ConcurrentHashMap<>();

  private Classes() {}

  /** The bad samples of this module in {@code name}, for the proof that a rule bites. */
  static JavaClasses sample(String name) {
    return SAMPLES.computeIfAbsent(
        name, any -> new ClassFileImporter().importPackages(sampleRoot(any)));
  }

  static String sampleRoot(String name) {
    return "dev.reliability.verification.sample." + name;
  }
}
