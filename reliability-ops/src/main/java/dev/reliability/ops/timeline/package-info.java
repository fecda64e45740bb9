/**
 * A picture of what happened: lanes, their runs, and what happened around them, on one axis of
 * time.
 *
 * <pre>{@code
 * Timeline timeline = TimelineAnalysis.of(Window.before(now, Duration.ofHours(1))).of(events);
 * String page = TimelinePage.of(timeline, now).html();  // one file that needs no network
 * }</pre>
 *
 * <p>This package owns what is drawn and how. It refuses to own where events come from, and what
 * follows from them: that is asked of {@link dev.reliability.ops.analysis}. Nothing here reads a
 * clock, a journal or a store.
 */
@NullMarked
package dev.reliability.ops.timeline;

import org.jspecify.annotations.NullMarked;
