package dev.reliability.container.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * A command line that behaves like an engine's, and misbehaves as told. A "container" is a file
 * with its state, and runs for as long as that says so.
 */
final class StubEngine {
  private static final String SCRIPT =
      """
      #!/bin/sh
      cd '%s' || exit 9
      verb=$1; [ "$1" = container ] && verb=$2
      echo "$verb" >> calls
      for last; do :; done
      last=${last#id-}
      state() { cut -f3 "c.$1"; }
      to() { mv "c.$1" "x.$1"; awk -v FS='\\t' -v OFS='\\t' -v s="$2" -v e="$3" -v o="$4" \\
        '{$3=s; $4=e; $5=o; print}' "x.$1" > "t.$1"; rm "x.$1"; mv "t.$1" "c.$1"; }
      if [ -e "hang.$verb" ]; then echo $$ >> hanging; exec sleep 300; fi
      if [ -e "say.$verb" ]; then . "./say.$verb"; fi
      case $verb in
      run)
        labels=
        while [ $# -gt 0 ]; do
          case $1 in
          --name) name=$2 ;;
          --label) labels="$labels,\\"${2%%%%=*}\\":\\"${2#*=}\\"" ;;
          esac
          shift
        done
        printf 'id-%%s\\t%%s\\trunning\\t0\\tfalse\\tTERM\\t{%%s}\\n' "$name" "$name" "${labels#,}" > "t.$name"
        mv "t.$name" "c.$name"
        if [ -e onrun ]; then . ./onrun; fi
        while [ -e "c.$name" ] && [ "$(state "$name")" = running ]; do sleep 0.02; done
        exit 137 ;;
      inspect)
        shift 4; code=0
        for name; do
          cat "c.${name#id-}" 2>/dev/null || { echo "Error: no such container $name" >&2; code=1; }
        done
        exit $code ;;
      kill)
        [ -e "c.$last" ] || { echo "Error: no such container $last" >&2; exit 1; }
        [ "$3" = KILL ] && to "$last" exited 137 false
        exit 0 ;;
      rm) rm -f "c.$last" ;;
      attach)
        [ "$(state "$last")" = running ] || { echo "you can only attach to running containers" >&2; exit 125; }
        if [ -e onattach ]; then . ./onattach; fi
        while [ -e "c.$last" ] && [ "$(state "$last")" = running ]; do sleep 0.02; done
        exit 137 ;;
      ps)
        id=id-; for arg; do [ "$arg" = --format ] && id=; done
        for file in c.*; do [ -e "$file" ] && echo "$id${file#c.}"; done ;;
      esac
      exit 0
      """;

  private final Path home;

  StubEngine(Path home) throws IOException {
    this.home = home;
    Path script = Files.writeString(home.resolve("engine"), SCRIPT.formatted(home));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  Engine engine() {
    return Engine.podman().withProgram(home.resolve("engine").toString());
  }

  /** From now on these calls never answer. */
  void hang(String... verbs) throws IOException {
    for (String verb : verbs) {
      Files.writeString(home.resolve("hang." + verb), "");
    }
  }

  /** From now on these calls answer again. */
  void heal(String... verbs) throws IOException {
    for (String verb : verbs) {
      Files.deleteIfExists(home.resolve("hang." + verb));
      Files.deleteIfExists(home.resolve("say." + verb));
    }
  }

  /** From now on this call does what a line of shell says instead. */
  void say(String verb, String shell) throws IOException {
    Files.writeString(home.resolve("say." + verb), shell + "\n");
  }

  /** What a container does once it runs; its name is in {@code $name}. */
  void onRun(String shell) throws IOException {
    Files.writeString(home.resolve("onrun"), shell + "\n");
  }

  /** What whoever attaches to a container sees; its name is in {@code $last}. */
  void onAttach(String shell) throws IOException {
    Files.writeString(home.resolve("onattach"), shell + "\n");
  }

  /** The verbs of all calls so far. */
  List<String> calls() throws IOException {
    Path calls = home.resolve("calls");
    return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
  }

  /** Calls that hung and whose processes are still there. */
  List<Long> hanging() throws IOException {
    Path hanging = home.resolve("hanging");
    return Files.exists(hanging)
        ? Files.readAllLines(hanging).stream()
            .map(Long::parseLong)
            .filter(pid -> ProcessHandle.of(pid).isPresent())
            .toList()
        : List.of();
  }

  /** Names of the containers there are. */
  List<String> containers() throws IOException {
    try (var files = Files.list(home)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("c."))
          .map(name -> name.substring(2))
          .toList();
    }
  }

  /** Puts a container there that nobody here started. */
  void put(String line) throws IOException {
    Files.writeString(
        home.resolve("c." + line.split("\t", 3)[1]), line + "\n", StandardOpenOption.CREATE);
  }
}
