package dev.reliability.benchmarks;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The least code that runs periodic tasks in virtual time, first in first out among those of one
 * instant: once as a heap whose top is replaced, once as buckets of instants. Neither can cancel or
 * run anything that is not periodic.
 */
final class LimitClocks {
  private LimitClocks() {}

  /** A binary heap of due times and sequence numbers. */
  static final class Heap {
    private final long period;
    private long[] due;
    private long[] order;
    private Runnable[] tasks;
    private int size;
    private long sequence;

    Heap(long period, int capacity) {
      this.period = period;
      due = new long[capacity];
      order = new long[capacity];
      tasks = new Runnable[capacity];
    }

    void add(long first, Runnable task) {
      int at = size++;
      long seq = sequence++;
      while (at > 0 && before(first, seq, at - 1 >>> 1)) {
        copy(at - 1 >>> 1, at);
        at = at - 1 >>> 1;
      }
      put(at, first, seq, task);
    }

    void runTo(long end) {
      while (due[0] <= end) {
        Runnable task = tasks[0];
        long next = due[0] + period;
        task.run();
        sinkTop(next, sequence++, task);
      }
    }

    private void sinkTop(long next, long seq, Runnable task) {
      int at = 0;
      while (true) {
        int child = 2 * at + 1;
        if (child >= size) {
          break;
        }
        if (child + 1 < size && before(due[child + 1], order[child + 1], child)) {
          child++;
        }
        if (before(next, seq, child)) {
          break;
        }
        copy(child, at);
        at = child;
      }
      put(at, next, seq, task);
    }

    private boolean before(long time, long seq, int other) {
      return time < due[other] || time == due[other] && seq < order[other];
    }

    private void copy(int from, int to) {
      due[to] = due[from];
      order[to] = order[from];
      tasks[to] = tasks[from];
    }

    private void put(int at, long time, long seq, Runnable task) {
      due[at] = time;
      order[at] = seq;
      tasks[at] = task;
    }
  }

  /** A heap of instants, each with the list of its tasks. */
  static final class Buckets {
    private final long period;
    private final Map<Long, Bucket> byInstant = new HashMap<>();
    private Bucket[] heap = new Bucket[16];
    private int size;
    private Bucket last; // where the last task went: most follow it
    private Bucket spare;

    Buckets(long period) {
      this.period = period;
    }

    void add(long first, Runnable task) {
      Bucket bucket = last;
      if (bucket == null || bucket.instant != first) {
        bucket = byInstant.get(first);
        if (bucket == null) {
          bucket = open(first);
        }
        last = bucket;
      }
      bucket.add(task);
    }

    void runTo(long end) {
      while (heap[0].instant <= end) {
        Bucket now = heap[0];
        long next = now.instant + period;
        for (int i = 0; i < now.size; i++) {
          Runnable task = now.tasks[i];
          task.run();
          add(next, task);
        }
        close(now);
      }
    }

    private Bucket open(long instant) {
      Bucket bucket = spare == null ? new Bucket() : spare;
      spare = null;
      bucket.instant = instant;
      byInstant.put(instant, bucket);
      if (size == heap.length) {
        heap = Arrays.copyOf(heap, 2 * size);
      }
      int at = size++;
      while (at > 0 && instant < heap[at - 1 >>> 1].instant) {
        heap[at] = heap[at - 1 >>> 1];
        at = at - 1 >>> 1;
      }
      heap[at] = bucket;
      return bucket;
    }

    private void close(Bucket top) {
      byInstant.remove(top.instant);
      top.size = 0;
      spare = top;
      Bucket moved = heap[--size];
      heap[size] = null;
      int at = 0;
      while (true) {
        int child = 2 * at + 1;
        if (child >= size) {
          break;
        }
        if (child + 1 < size && heap[child + 1].instant < heap[child].instant) {
          child++;
        }
        if (moved.instant <= heap[child].instant) {
          break;
        }
        heap[at] = heap[child];
        at = child;
      }
      heap[at] = moved;
    }
  }

  private static final class Bucket {
    private long instant;
    private Runnable[] tasks = new Runnable[4];
    private int size;

    void add(Runnable task) {
      if (size == tasks.length) {
        tasks = Arrays.copyOf(tasks, 2 * size);
      }
      tasks[size++] = task;
    }
  }
}
