package dev.reliability.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads a journal in a JVM of its own: {@code scan DIR} looks for line breaks and does nothing
 * else, {@code command ...} is the operators' command, whose report goes nowhere. At the end it
 * says how much memory was resident at most and how many bytes were read from files.
 */
final class ReadSubjects {
  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;

  private ReadSubjects() {}

  /** See the class. */
  public static void main(String[] args) throws IOException {
    PrintStream out = System.out;
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  System.setOut(out);
                  Fork.say("rss", number("/proc/self/status", "VmHWM:") / 1024);
                  Fork.say("read", number("/proc/self/io", "rchar:"));
                }));
    if (args[0].equals("scan")) {
      Fork.say("lines", scan(Path.of(args[1])));
    } else {
      System.setOut(new PrintStream(OutputStream.nullOutputStream()));
      dev.reliability.ops.cli.Main.main(Arrays.copyOfRange(args, 1, args.length));
    }
  }

  private static double number(String file, String name) {
    try (Stream<String> lines = Files.lines(Path.of(file))) {
      return lines
          .filter(line -> line.startsWith(name))
          .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(Double.NaN);
    } catch (IOException e) {
      return Double.NaN;
    }
  }

  private static long scan(Path directory) throws IOException {
    long lines = 0;
    byte[] bytes = new byte[128 * 1024];
    for (Path file : files(directory)) {
      try (InputStream in = Files.newInputStream(file)) {
        int length;
        while ((length = in.readNBytes(bytes, 0, bytes.length)) > 0) {
          lines += lineBreaks(bytes, length);
        }
      }
    }
    return lines;
  }

  /** The files of a journal, in the order of their names. */
  static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".jsonl")).sorted().toList();
    }
  }

  private static long lineBreaks(byte[] bytes, int length) {
    long found = 0;
    int i = 0;
    for (; i + Long.BYTES <= length; i += Long.BYTES) {
      long word = (long) WORDS.get(bytes, i) ^ ONES * '\n';
      found += Long.bitCount((word - ONES) & ~word & HIGHS); // a byte or two too many is no matter
    }
    for (; i < length; i++) {
      found += bytes[i] == '\n' ? 1 : 0;
    }
    return found;
  }
}
