package com.omendb.tools.command;

/// The Vector API for a program that was started without it.
///
/// A JVM that resolves an incubator module when it starts prints a warning on stderr, and it sets
/// up all modules anew instead of taking them from its archive. The program therefore starts
/// without `--add-modules jdk.incubator.vector`, and has the JDK load the module when a command
/// begins, in the way in which the JDK loads its own modules for agents. That method is exported to
/// the program by its manifest.
public final class VectorModule {
  private static final String NAME = "jdk.incubator.vector";

  private VectorModule() {}

  /// Loads the module if it is not there. Where that is not possible, nothing changes: the kernels
  /// then log why they do without.
  public static void load() {
    if (ModuleLayer.boot().findModule(NAME).isPresent()) {
      return;
    }
    try {
      Class.forName("jdk.internal.module.Modules")
          .getMethod("loadModule", String.class)
          .invoke(null, NAME);
    } catch (ReflectiveOperationException e) {
      // Another JDK, or a program that is started without the manifest.
    }
  }
}
