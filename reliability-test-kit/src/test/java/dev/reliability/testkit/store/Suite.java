package dev.reliability.testkit.store;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs a class of tests inside a test, and tells which of them failed. */
final class Suite {

  private Suite() {}

  /** What came of it. */
  record Outcome(int passed, Map<String, Throwable> failed) {

    List<String> bit() {
      return List.copyOf(failed.keySet());
    }
  }

  static Outcome run(Class<?> tests) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selectClass(tests)).build();
    Listener listener = new Listener();
    LauncherFactory.create().execute(request, listener);
    return new Outcome(listener.passed, listener.failed);
  }

  private static final class Listener implements TestExecutionListener {
    private final Map<String, Throwable> failed = new TreeMap<>();
    private int passed;

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      if (result.getStatus() != TestExecutionResult.Status.SUCCESSFUL) {
        failed.put(
            test.getDisplayName().replace("()", ""),
            result.getThrowable().orElseGet(AssertionError::new));
      } else if (test.isTest()) {
        passed++;
      }
    }
  }
}
