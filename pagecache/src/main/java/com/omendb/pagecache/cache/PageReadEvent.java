package com.omendb.pagecache.cache;

import com.omendb.pagecache.read.PageFile;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Throttle;
import org.jspecify.annotations.Nullable;

/// The Flight Recorder event of one page read from the device, from asking for it to its arrival at
/// the search. Disabled unless a recording enables it, and thinned out then.
@Name("com.omendb.PageRead")
@Label("Page Read")
@Category("OmenDB")
@Description("A page read from the device, from asking for it to its arrival")
@Enabled(false)
@Throttle("2000/s")
@StackTrace(false)
final class PageReadEvent extends Event {
  private static final PageReadEvent PROBE = new PageReadEvent();

  @Label("Path")
  @Nullable String path;

  @Label("Page Number")
  int pageNumber;

  @Label("Length")
  @DataAmount
  int bytes;

  @Label("Failure")
  @Description("Why the page is not there; none when it is")
  @Nullable String failure;

  /// An event that has begun, or null while no recording wants one.
  static @Nullable PageReadEvent begun() {
    if (!PROBE.isEnabled()) {
      return null;
    }
    PageReadEvent event = new PageReadEvent();
    event.begin();
    return event;
  }

  /// Records it if a recording wants it.
  void ended(PageFile file, int page, @Nullable Throwable why) {
    end();
    if (shouldCommit()) {
      path = file.path().toString();
      pageNumber = page;
      bytes = file.pageBytes();
      failure = why == null ? null : String.valueOf(why.getMessage());
      commit();
    }
  }
}
