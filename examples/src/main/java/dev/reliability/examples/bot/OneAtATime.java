package dev.reliability.examples.bot;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * One bot at a time works in a directory: a second one would take messages from the queue that it
 * cannot answer, since the link is the first one's.
 *
 * @param file closed in the end, by whatever end
 */
record OneAtATime(FileChannel file) implements AutoCloseable {

  /**
   * Takes the directory.
   *
   * @throws BotOptions.BadOption if another bot has it
   * @throws UncheckedIOException if it cannot be written to
   */
  static OneAtATime in(Path directory) {
    try {
      Files.createDirectories(directory);
      FileChannel file = FileChannel.open(directory.resolve("bot.lock"), CREATE, WRITE);
      FileLock lock = file.tryLock();
      if (lock == null) {
        file.close();
        throw new BotOptions.BadOption(
            "--dir: expected a directory that no other bot uses, got \"" + directory + "\"");
      }
      return new OneAtATime(file);
    } catch (IOException e) {
      throw new UncheckedIOException("--dir: cannot use " + directory + ": " + e, e);
    }
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
