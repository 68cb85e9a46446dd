package com.omendb.pagecache.cache;

import com.omendb.pagecache.read.PageFile;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Throttle;
import org.jspecify.annotations.Nullable;

/// The Flight Recorder event of one page given up for another. Disabled unless a recording enables
/// it, and thinned out then.
@Name("com.omendb.PageEviction")
@Label("Page Eviction")
@Category("OmenDB")
@Description("A page that was given up for another")
@Enabled(false)
@Throttle("2000/s")
@StackTrace(false)
final class PageEvictionEvent extends Event {
  private static final PageEvictionEvent PROBE = new PageEvictionEvent();

  @Label("Path")
  @Nullable String path;

  @Label("Page Number")
  int pageNumber;

  /// Records an eviction if a recording wants it.
  static void record(PageFile file, FrameTable table, int frame) {
    if (!PROBE.isEnabled()) {
      return;
    }
    PageEvictionEvent event = new PageEvictionEvent();
    if (event.shouldCommit()) {
      event.path = file.path().toString();
      event.pageNumber = table.key(frame);
      event.commit();
    }
  }
}
