package com.omendb.store.building;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/// The Flight Recorder event of one phase of a build; its duration is the phase's.
@Name("com.omendb.BuildPhase")
@Label("Build Phase")
@Category("OmenDB")
@Description("One phase of the build of an index")
@StackTrace(false)
final class BuildPhaseEvent extends Event {
  @Label("Index")
  @Description("Directory that the index is built in")
  @Nullable String index;

  @Label("Phase")
  @Nullable String phase;

  @Label("Units")
  @Description("Units of work done, mostly rows")
  long units;

  @Label("Units per Second")
  double unitsPerSecond;

  @Label("Resident Memory")
  @Description("Of the whole process, at the end of the phase")
  @DataAmount
  long residentBytes;

  @Label("Ended")
  @Description("False if the build failed in this phase")
  boolean ended;
}
