package dev.reliability.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.store.FileStateStore;
import dev.reliability.core.store.StateStore;
import dev.reliability.core.store.StateStore.Doc;
import dev.reliability.core.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be wrong with the files and the directory of documents. */
class FileStateStoreTest {
  private static final String NAME = "streaks";
  private static final Map<String, String> VALUES = Map.of("fails", "2", "text", "a=b\n\u00e4");

  @TempDir private Path parent;
  private Path directory;
  private Path file;
  private FileStateStore store;

  @BeforeEach
  void open() {
    directory = parent.resolve("made/when/needed");
    store = FileStateStore.open(directory);
    file = directory.resolve("streaks.state");
    assertThat(store.write(NAME, StateStore.NEW, VALUES)).isTrue();
  }

  private void assertRefused(String file, String why) {
    String name = file.replace(".state", "");
    assertThatThrownBy(() -> store.read(name))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(file)
        .hasMessageContaining(why);
    assertThatThrownBy(() -> store.write(name, StateStore.NEW, Map.of()))
        .as("it is not taken for none")
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(file);
    assertThatThrownBy(() -> store.remove(name, 1)).isInstanceOf(StoreException.class);
  }

  @Test
  void aDocumentIsAFileThatAPersonCanRead() {
    assertThat(file)
        .content()
        .startsWith("reliability-state 1\nname streaks\nversion 1\n= ")
        .contains("\n= text=a\\eb\\n\u00e4\n")
        .containsPattern("\nend [0-9a-f]{8}\n$");
    assertThat(FileStateStore.open(directory).read(NAME)).contains(new Doc(NAME, 1, VALUES));
  }

  @Test
  void atWhateverPlaceAFileIsTornItIsAnErrorThatNamesIt() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertRefused("streaks.state", length < 19 ? "none of ours" : "torn");
    }
    Files.write(file, whole);
    assertThat(store.read(NAME)).contains(new Doc(NAME, 1, VALUES));
  }

  @Test
  void whicheverBitOfAFileWasChangedItIsAnError() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    for (int bit = 0; bit < whole.length * 8; bit++) {
      byte[] changed = whole.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(file, changed);
      assertThatThrownBy(() -> store.read(NAME))
          .as("bit %d", bit)
          .isInstanceOf(StoreException.class);
    }
  }

  @Test
  void linesAfterTheEndAreAnError() throws IOException {
    Files.writeString(file, Files.readString(file) + "= fails=0\n");
    assertRefused("streaks.state", "torn");
    Files.writeString(file, Files.readString(file).repeat(2));
    assertRefused("streaks.state", "torn");
  }

  @Test
  void aForeignFileIsLeftAsItIs() throws IOException {
    Path foreign = directory.resolve("notes.state");
    Files.writeString(foreign, "fails=2\n");
    assertRefused("notes.state", "none of ours");
    assertThat(foreign).hasContent("fails=2\n");
    Files.writeString(directory.resolve("readme.txt"), "hello");
    Files.writeString(directory.resolve("no name.state"), "hello");
    Files.writeString(directory.resolve(".state"), "hello");
    assertThat(store.names("")).containsExactly("notes", NAME);
  }

  @Test
  void aFileOfAnotherVersionOfTheFormatIsAnError() throws IOException {
    Files.writeString(file, Files.readString(file).replace("state 1\n", "state 2\n"));
    assertRefused("streaks.state", "reliability-state 1");
  }

  @Test
  void aFileThatSaysAnotherNameIsAnError() throws IOException {
    Files.copy(file, directory.resolve("other.state"));
    assertRefused("other.state", "name other");
  }

  @Test
  void whatAKilledWriterLeftBehindDoesNotMatter() throws IOException {
    Path left = directory.resolve("streaks.state.tmp");
    Files.writeString(left, "reliability-state 1\nname streaks\nversion 9\n= x=" + "y".repeat(999));
    Files.writeString(directory.resolve("never.state.tmp"), "half");
    assertThat(store.read(NAME)).contains(new Doc(NAME, 1, VALUES));
    assertThat(store.read("never")).isEmpty();
    assertThat(store.names("")).containsExactly(NAME);
    assertThat(store.write(NAME, 1, Map.of("fails", "3"))).isTrue();
    assertThat(store.read(NAME)).contains(new Doc(NAME, 2, Map.of("fails", "3")));
    assertThat(left).doesNotExist();
  }

  @Test
  void noNameLeavesTheDirectory() throws IOException {
    List<String> names = List.of("../x", "/etc/x", "..", "a/../../x", "a:b", ".lock", "x.state");
    for (String name : names) {
      assertThat(store.write(name, StateStore.NEW, Map.of())).as(name).isTrue();
    }
    try (Stream<Path> files = Files.walk(parent)) {
      assertThat(files.filter(Files::isRegularFile))
          .allMatch(found -> found.getParent().equals(directory))
          .hasSize(names.size() + 2); // and the first document, and the lock
    }
    assertThat(store.names("")).containsAll(names).hasSize(names.size() + 1);
  }

  @Test
  void aWriteLeavesNothingBehindButTheDocument() throws IOException {
    assertThat(store.write(NAME, 1, Map.of())).isTrue();
    assertThat(store.write(NAME, 1, VALUES)).isFalse();
    assertThat(store.remove(NAME, 2)).isTrue();
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files.map(found -> found.getFileName().toString()))
          .containsExactlyInAnyOrder(".lock", ".removed");
    }
  }

  @Test
  void versionsGoOnAfterARemovalForWhoeverOpensTheDirectory() {
    assertThat(store.write(NAME, 1, Map.of())).isTrue();
    assertThat(store.remove(NAME, 2)).isTrue();
    FileStateStore later = FileStateStore.open(directory);
    assertThat(later.write("other", StateStore.NEW, Map.of())).isTrue();
    assertThat(later.read("other").orElseThrow().version()).isEqualTo(3);
    assertThat(later.names("")).containsExactly("other");
  }

  @Test
  void aTornNoteOfWhatWasRemovedIsAnErrorThatNamesIt() throws IOException {
    assertThat(store.remove(NAME, 1)).isTrue();
    Path removed = directory.resolve(".removed");
    Files.writeString(removed, Files.readString(removed).replace("version 1", "version 0"));
    assertThatThrownBy(() -> store.write(NAME, StateStore.NEW, VALUES))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(".removed")
        .hasMessageContaining("torn");
    assertThat(store.read(NAME)).isEmpty();
  }

  @Test
  void storesOnOneDirectoryByWhateverPathExcludeEachOther() throws Exception {
    Path link = Files.createSymbolicLink(parent.resolve("link"), directory);
    FileStateStore other = FileStateStore.open(link);
    Crowd.allDo(
        4,
        member -> {
          StateStore mine = member % 2 == 0 ? store : other;
          for (int i = 0; i < 50; ) {
            long version = mine.read("counter").map(Doc::version).orElse(0L);
            i += mine.write("counter", version, Map.of()) ? 1 : 0;
          }
        });
    assertThat(store.read("counter").map(Doc::version)).contains(200L);
  }

  @Test
  void aPathThatCannotBeADirectoryIsNamed() throws IOException {
    for (Path path : List.of(file, file.resolve("below"))) {
      assertThatThrownBy(() -> FileStateStore.open(path))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining(path.toString());
    }
  }

  @Test
  void aDirectoryThatCannotBeWrittenToIsNamed() throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      // To root no permission is denied, but not even root can make a file there.
      Path denied = Files.isWritable(directory) ? Path.of("/proc") : directory;
      assertThatThrownBy(() -> FileStateStore.open(denied).write(NAME, StateStore.NEW, VALUES))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining(denied.toString());
      assertThat(store.read(NAME)).contains(new Doc(NAME, 1, VALUES));
    } finally {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  @Test
  void aDirectoryThatIsGoneIsAnErrorAndNotAnEmptyStore() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path found : files.toList()) {
        Files.delete(found);
      }
    }
    Files.delete(directory);
    assertThatThrownBy(() -> store.write(NAME, StateStore.NEW, Map.of()))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(file.toString());
    assertThatThrownBy(() -> store.names(""))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(directory.toString());
    assertThatThrownBy(() -> store.read(NAME))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void aWriteThatCannotBeMadeChangesNothing() throws IOException {
    Files.createDirectory(directory.resolve("streaks.state.tmp"));
    assertThatThrownBy(() -> store.write(NAME, 1, Map.of()))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(file.toString());
    assertThat(store.read(NAME)).contains(new Doc(NAME, 1, VALUES));
  }
}
