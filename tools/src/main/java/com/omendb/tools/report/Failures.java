package com.omendb.tools.report;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/// Turns exceptions into one line for people. The library's own messages already name what is
/// wrong; the JDK's often hold a bare path.
public final class Failures {
  private Failures() {}

  /// One line that says what went wrong.
  public static String describe(Throwable failure) {
    return oneLine(
        switch (failure) {
          case ExecutionException e when e.getCause() != null -> describe(e.getCause());
          case UncheckedIOException e when e.getCause() != null -> describe(e.getCause());
          case CompletionException e when e.getCause() != null -> describe(e.getCause());
          case FileSystemException e when e.getReason() != null ->
              e.getReason() + ": path=" + e.getFile();
          case NoSuchFileException e -> "no such file or folder: path=" + e.getFile();
          case FileAlreadyExistsException e -> "it exists already: path=" + e.getFile();
          case AccessDeniedException e -> "no permission: path=" + e.getFile();
          case NotDirectoryException e -> "not a folder: path=" + e.getFile();
          case DirectoryNotEmptyException e -> "the folder is not empty: path=" + e.getFile();
          case FileSystemException e -> "file system error: path=" + e.getFile();
          case FileNotFoundException e -> "cannot open: " + e.getMessage();
          case OutOfMemoryError e ->
              "the Java heap is too small ("
                  + e.getMessage()
                  + "): maxHeapBytes="
                  + Runtime.getRuntime().maxMemory()
                  + "; set OMEN_HEAP, for example OMEN_HEAP=1g";
          default -> told(failure);
        });
  }

  /// The failure's own message, if it is one of the kinds that are meant for people. Anything else
  /// is a fault of the program, and its type says more than its message.
  private static String told(Throwable failure) {
    String message = failure.getMessage();
    boolean forPeople =
        failure instanceof IOException
            || failure instanceof IllegalArgumentException
            || failure instanceof IllegalStateException;
    if (message == null || !forPeople) {
      return "internal error, run again with --debug: " + failure;
    }
    return message;
  }

  /// A message without line breaks.
  public static String oneLine(String message) {
    return message.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
