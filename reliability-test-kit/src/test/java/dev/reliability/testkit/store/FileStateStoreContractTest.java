package dev.reliability.testkit.store;

import dev.reliability.core.store.FileStateStore;
import dev.reliability.core.store.StateStore;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The documents in files keep the contract, seen through two stores on one directory. */
class FileStateStoreContractTest extends StateStoreContract {
  @TempDir private Path directory;
  private StateStore store;
  private StateStore another;

  @BeforeEach
  void open() {
    store = FileStateStore.open(directory);
    another = FileStateStore.open(directory);
  }

  @Override
  protected StateStore store() {
    return store;
  }

  @Override
  protected StateStore another() {
    return another;
  }
}
