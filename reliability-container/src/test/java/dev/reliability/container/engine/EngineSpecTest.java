package dev.reliability.container.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.container.OutputSpec;
import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.Work;
import dev.reliability.core.runtime.ReliabilityRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The typed parts of a spec, the arguments made of them, and the errors. */
class EngineSpecTest {
  private static final String UNIQUE = "test-" + ProcessHandle.current().pid();

  private static final EngineSpec FULL =
      EngineSpec.builder("image:1")
          .command("work", "--hard")
          .memory(64L << 20)
          .cpus(0.5)
          .pids(50)
          .network("inside")
          .user("1000:1000")
          .readOnlyRoot()
          .directory("/work")
          .mount(Mount.readOnly(Path.of("/data in"), "/in"))
          .mount(Mount.readWrite(Path.of("/data"), "/out"))
          .tmpfs("/scratch", 4096)
          .env("TOKEN", "s3cret")
          .env("HTTP_PROXY", "http://u:s3cret@proxy")
          .engineArguments("--cap-drop", "ALL")
          .build();

  @Test
  void podmansArguments() {
    assertThat(arguments(Engine.podman(), FULL))
        .isEqualTo(
            "podman run --interactive --pull=never --log-driver none --http-proxy=false"
                + " --name the-name --label a=b --network inside --memory 67108864"
                + " --memory-swap 67108864 --cpus 0.5 --pids-limit 50 --user 1000:1000"
                + " --read-only --read-only-tmpfs=false --workdir /work"
                + " --mount type=bind,source=/data in,target=/in,readonly"
                + " --mount type=bind,source=/data,target=/out"
                + " --tmpfs /scratch:rw,size=4096 --env RELIABILITY_RUN --env TOKEN"
                + " --env-file /the/file --cap-drop ALL image:1 work --hard");
  }

  @Test
  void enginesDifferInDataOnly() {
    EngineSpec small = EngineSpec.builder("image").readOnlyRoot().build();
    assertThat(arguments(Engine.docker().withProgram("docker", "-H", "unix:///d"), small))
        .startsWith("docker -H unix:///d run --interactive --pull=never --log-driver none --name")
        .contains(" --network none --read-only --env ");
    assertThat(arguments(Engine.nerdctl().withRunArguments("--runtime", "x"), small))
        .startsWith("nerdctl run --interactive --pull=never --log-driver none --runtime x --name");
  }

  @Test
  void aNonceGoesByNameAndIsNobodyElsesToSet() {
    EngineSpec.Builder nonced =
        EngineSpec.builder("image").output(OutputSpec.lines().nonced()).env("A", "b");
    assertThat(arguments(Engine.docker(), nonced.build()))
        .contains(" --env RELIABILITY_RUN --env RELIABILITY_NONCE --env A ");
    nonced.env("RELIABILITY_NONCE", "s3cret");
    assertThatThrownBy(nonced::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("environment RELIABILITY_NONCE: expected no value")
        .message()
        .doesNotContain("s3cret");
  }

  static Stream<Arguments> bad() {
    return Stream.of(
        bad("memory: expected at least 6291456 bytes, got \"12\"", b -> b.memory(12)),
        bad("cpus: expected 0.01 to 1024.0, got \"0.0\"", b -> b.cpus(0)),
        bad("cpus: expected 0.01 to 1024.0, got \"NaN\"", b -> b.cpus(Double.NaN)),
        bad("pids: expected a positive number, got \"0\"", b -> b.pids(0)),
        bad("network: expected one word", b -> b.network("--privileged")),
        bad("user: expected a name or number", b -> b.user("0; rm")),
        bad("directory: expected an absolute path", b -> b.directory("work")),
        bad("tmpfs: expected a path without colons", b -> b.tmpfs("/a:exec", 1)),
        bad("tmpfs /a: expected a positive number, got \"0\"", b -> b.tmpfs("/a", 0)),
        bad("label: expected a name", b -> b.label("dev.reliability.owner", "me")),
        bad("label colour: expected a value", b -> b.label("colour", "a\nb")),
        bad("environment: expected a name without", b -> b.env("A=B", "x")),
        bad("environment: expected a name without", b -> b.env("", "x")),
        bad("environment A: expected a value without NUL", b -> b.env("A", "x\0y")),
        bad("environment PATH: expected a value of one line", b -> b.env("PATH", "x\ny")),
        bad("command: expected text without NUL", b -> b.command("a\0b")),
        bad("engine argument: expected none of", b -> b.engineArguments("--rm")),
        bad("engine argument: expected none of", b -> b.engineArguments("--name=x")),
        bad("maxQueuedInput: expected a positive number", b -> b.maxQueuedInput(0)),
        bad("mount source: expected an absolute path", b -> b.mount(mount("data", "/in"))),
        bad("mount source: expected an absolute path", b -> b.mount(mount("/a,b", "/in"))),
        bad("mount target: expected an absolute path", b -> b.mount(mount("/data", "in"))),
        bad("mount target: expected a path below /", b -> b.mount(mount("/data", "/"))));
  }

  @ParameterizedTest
  @MethodSource("bad")
  void anErrorNamesTheValueAndWhatWasExpected(String said, Consumer<EngineSpec.Builder> part) {
    EngineSpec.Builder builder = EngineSpec.builder("image");
    assertThatThrownBy(() -> part.accept(builder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(said);
  }

  @Test
  void anImageIsOneWord() {
    for (String image : List.of("", "-v", "a b")) {
      assertThatThrownBy(() -> EngineSpec.of(image))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("image: expected one word");
    }
  }

  @Test
  void anErrorAboutAVariableDoesNotShowItsValue() {
    assertThatThrownBy(() -> EngineSpec.builder("image").env("A", "s3cret\0"))
        .message()
        .doesNotContain("s3cret");
    assertThat(FULL.toString()).doesNotContain("s3cret");
  }

  @Test
  void aSpecDoesNotChangeWithItsBuilder() {
    EngineSpec.Builder builder = EngineSpec.builder("image").env("A", "1").label("l", "1");
    EngineSpec spec = builder.build();
    builder.env("A", "2").label("l", "2").mount(mount("/a", "/b")).memory(1L << 30);
    assertThat(spec.environment()).isEqualTo(Map.of("A", "1"));
    assertThat(spec.labels()).isEqualTo(Map.of("l", "1"));
    assertThat(spec.mounts()).isEmpty();
    assertThat(spec.memory()).isEmpty();
  }

  @Test
  void whatTheCommandLineWouldHeedIsInAFileThatOnlyThisUserReads() throws IOException {
    VariablesFile file = VariablesFile.write(UNIQUE, FULL.environment());
    assertThat(Files.readString(file.path())).isEqualTo("HTTP_PROXY=http://u:s3cret@proxy\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path())))
        .isEqualTo("rw-------");
    file.remove();
    file.remove();
    assertThat(file.path()).doesNotExist();
    assertThat(VariablesFile.write(UNIQUE, Map.of("TOKEN", "s3cret")).path()).isNull();
  }

  @Test
  void whatADeadIncarnationLeftOfSuchAFileIsFoundByTheContainersName() {
    VariablesFile left = VariablesFile.write(UNIQUE + "-dead", FULL.environment());
    assertThat(left.path()).exists();
    VariablesFile.leftOf(UNIQUE + "-dead").remove();
    assertThat(left.path()).doesNotExist();
  }

  @Test
  void noNameOfAVariableIsAPatternForTheEngine() {
    for (String name : List.of("*", "HOSTSECRET_*", "A*B")) {
      assertThatThrownBy(() -> EngineSpec.builder("image").env(name, "v"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("\"" + name + "\"");
    }
  }

  @Test
  void noArgumentHidesTheContainerOrGivesItAway() {
    List<String> bad =
        List.of("-d", "-dti", "-it", "-h", "--help", "--replace", "--label", "-l", "--rm");
    for (String argument : bad) {
      assertThatThrownBy(() -> EngineSpec.builder("image").engineArguments(argument))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("\"" + argument + "\"");
      assertThatThrownBy(() -> Engine.podman().withRunArguments(argument))
          .isInstanceOf(IllegalArgumentException.class);
    }
    EngineSpec.builder("image").engineArguments("--device", "/dev/null", "-uroot");
    for (String name : List.of("", "a b", "process", "a\nb")) {
      assertThatThrownBy(() -> Engine.podman().withName(name))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("\"" + name + "\"");
    }
  }

  @Test
  void namesAreUniqueAndPlainWhateverTheRunIsCalled() {
    try (ReliabilityRuntime runtime = ReliabilityRuntime.system()) {
      EngineNames some = new EngineNames(runtime, "owner");
      EngineNames others = new EngineNames(runtime, "owner");
      Set<String> names = new HashSet<>();
      for (int i = 0; i < 1_000; i++) {
        names.add(some.next(context("a/b \u00e4".repeat(20))));
        names.add(others.next(context("a/b \u00e4".repeat(20))));
      }
      assertThat(names)
          .hasSize(2_000)
          .allSatisfy(name -> assertThat(name).matches("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}"));
    }
  }

  private static RunContext context(String run) {
    return new RunContext(run, 1, Work.of("lane", "item"), "owner", Duration.ofMinutes(1));
  }

  private static Mount mount(String source, String target) {
    return new Mount(source, target, true);
  }

  private static Arguments bad(String said, Consumer<EngineSpec.Builder> part) {
    return Arguments.of(said, part);
  }

  private static String arguments(Engine engine, EngineSpec spec) {
    return String.join(
        " ", RunArguments.of(engine, spec, "the-name", Map.of("a", "b"), Path.of("/the/file")));
  }
}
