package dev.reliability.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.ref.WeakReference;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** One lock for each directory in use, and none for others. */
class DirectoryLockTest {

  @Test
  void aDirectoryHasOneLock() {
    DirectoryLock one = DirectoryLock.of(Path.of("/one"));
    assertThat(DirectoryLock.of(Path.of("/one"))).isSameAs(one);
    assertThat(DirectoryLock.of(Path.of("/two"))).isNotSameAs(one).isNotEqualTo(one);
  }

  @Test
  void aLockThatNobodyUsesIsForgotten() {
    WeakReference<DirectoryLock> lock =
        new WeakReference<>(DirectoryLock.of(Path.of("/forgotten")));
    await()
        .untilAsserted(
            () -> {
              System.gc();
              assertThat(lock.get()).isNull();
            });
  }
}
