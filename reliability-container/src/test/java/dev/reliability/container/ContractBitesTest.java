package dev.reliability.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.reliability.container.contract.FakeSpec;
import dev.reliability.testkit.world.World;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** The contract of runtimes refuses each runtime that does one thing wrong. */
class ContractBitesTest {
  private static volatile Method factory;

  /** The contract, on what the factory makes. */
  static class Bent extends FakeContainersContractTest {
    @Override
    ContainerRuntime<FakeSpec> make(World in, String owner) {
      return made(in);
    }
  }

  static Stream<String> bent() {
    return factories().map(Method::getName).sorted();
  }

  @ParameterizedTest
  @MethodSource("bent")
  void aBentRuntimeIsRefused(String name) {
    factory = factories().filter(method -> method.getName().equals(name)).findFirst().orElseThrow();
    assertThat(failures())
        .as("the tests that noticed")
        .contains(factory.getAnnotation(NoticedBy.class).value());
  }

  private static Stream<Method> factories() {
    return Arrays.stream(BentContainers.class.getDeclaredMethods())
        .filter(method -> method.isAnnotationPresent(NoticedBy.class));
  }

  @SuppressWarnings("unchecked")
  private static ContainerRuntime<FakeSpec> made(World in) {
    try {
      return (ContainerRuntime<FakeSpec>) factory.invoke(null, in);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> failures() {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selectClass(Bent.class)).build();
    List<String> failed = new ArrayList<>();
    LauncherFactory.create()
        .execute(
            request,
            new TestExecutionListener() {
              @Override
              public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                if (result.getStatus() != TestExecutionResult.Status.SUCCESSFUL) {
                  failed.add(test.getDisplayName().replace("()", ""));
                }
              }
            });
    return failed;
  }
}
