package dev.reliability.verification.sample.outside;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.Timer;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Each method is a sample of what the rule about time must find, but those whose name starts with
 * {@code fine}.
 */
@SuppressWarnings({"all", "FutureReturnValueIgnored", "WaitNotInLoop", "JavaTimeDefaultTimeZone"})
public final class Impatient {
  private Impatient() {}

  static Instant instant() {
    return Instant.now();
  }

  static Object localDate() {
    return LocalDate.now();
  }

  static Object localDateTime() {
    return LocalDateTime.now();
  }

  static Object zonedDateTime() {
    return ZonedDateTime.now();
  }

  static Object date() {
    return new Date();
  }

  static Supplier<Instant> methodReference() {
    return Instant::now;
  }

  static Runnable insideLambda() {
    return () -> System.currentTimeMillis();
  }

  static LongSupplier nanos() {
    return System::nanoTime;
  }

  static long millis() {
    return System.currentTimeMillis();
  }

  static Clock clock() {
    return Clock.systemUTC();
  }

  static void sleep() throws InterruptedException {
    Thread.sleep(1);
  }

  static void unitSleep() throws InterruptedException {
    TimeUnit.SECONDS.sleep(1);
  }

  static void join(Thread thread) throws InterruptedException {
    thread.join(1);
  }

  static void waitObject(Object object) throws InterruptedException {
    synchronized (object) {
      object.wait(1);
    }
  }

  static void park() {
    LockSupport.parkNanos(1);
  }

  static void parkUntil() {
    LockSupport.parkUntil(1);
  }

  static Object random() {
    return new Random(1);
  }

  static Object secureRandom() {
    return new SecureRandom();
  }

  static Object splittableRandom() {
    return new SplittableRandom(1);
  }

  static int threadLocalRandom() {
    return ThreadLocalRandom.current().nextInt();
  }

  static double mathRandom() {
    return Math.random();
  }

  static UUID uuid() {
    return UUID.randomUUID();
  }

  static void shuffle(List<String> list) {
    Collections.shuffle(list);
  }

  static Object orTimeout(CompletableFuture<String> future) {
    return future.orTimeout(1, TimeUnit.SECONDS);
  }

  static Object completeOnTimeout(CompletableFuture<String> future) {
    return future.completeOnTimeout("", 1, TimeUnit.SECONDS);
  }

  static Object delayedExecutor() {
    return CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS);
  }

  static Object get(Future<String> future) throws Exception {
    return future.get(1, TimeUnit.SECONDS);
  }

  static Object getOfSubtype(CompletableFuture<String> future) throws Exception {
    return future.get(1, TimeUnit.SECONDS);
  }

  static boolean latch(CountDownLatch latch) throws InterruptedException {
    return latch.await(1, TimeUnit.SECONDS);
  }

  static int barrier(CyclicBarrier barrier) throws Exception {
    return barrier.await(1, TimeUnit.SECONDS);
  }

  static boolean condition(Condition condition) throws InterruptedException {
    return condition.await(1, TimeUnit.SECONDS);
  }

  static long conditionNanos(Condition condition) throws InterruptedException {
    return condition.awaitNanos(1);
  }

  static boolean tryLock(Lock lock) throws InterruptedException {
    return lock.tryLock(1, TimeUnit.SECONDS);
  }

  static boolean tryLockOfSubtype(ReentrantLock lock) throws InterruptedException {
    return lock.tryLock(1, TimeUnit.SECONDS);
  }

  static boolean semaphore(Semaphore semaphore) throws InterruptedException {
    return semaphore.tryAcquire(1, TimeUnit.SECONDS);
  }

  static Object poll(BlockingQueue<String> queue) throws InterruptedException {
    return queue.poll(1, TimeUnit.SECONDS);
  }

  static Object offer(ArrayBlockingQueue<String> queue) throws InterruptedException {
    return queue.offer("", 1, TimeUnit.SECONDS);
  }

  static Object pollLast(LinkedBlockingDeque<String> queue) throws InterruptedException {
    return queue.pollLast(1, TimeUnit.SECONDS);
  }

  static boolean awaitTermination(ExecutorService executor) throws InterruptedException {
    return executor.awaitTermination(1, TimeUnit.SECONDS);
  }

  static boolean waitForProcess(Process process) throws InterruptedException {
    return process.waitFor(1, TimeUnit.SECONDS);
  }

  static Object timer() {
    return new Timer(true);
  }

  static Object scheduledPool() {
    return Executors.newScheduledThreadPool(1);
  }

  static Object schedule(ScheduledExecutorService executor) {
    return executor.schedule(() -> {}, 1, TimeUnit.SECONDS);
  }

  static void fineToWaitForEver(
      Thread thread, Future<String> future, CountDownLatch latch, Process process)
      throws Exception {
    thread.join();
    future.get();
    latch.await();
    process.waitFor();
  }

  static Object fineToCompute(Instant now, Duration duration) {
    return now.plus(duration).minusNanos(TimeUnit.SECONDS.toNanos(1));
  }

  static Object fineToTry(Lock lock, BlockingQueue<String> queue, Semaphore semaphore) {
    List<Object> results = new ArrayList<>();
    results.add(lock.tryLock());
    results.add(queue.poll());
    results.add(queue.offer(""));
    results.add(semaphore.tryAcquire());
    return results;
  }
}
