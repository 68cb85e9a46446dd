package com.omendb.tools.command;

import com.omendb.errors.MemoryBudgetException;
import com.omendb.store.AnnIndex;
import com.omendb.store.IndexInfo;
import com.omendb.store.OpenOptions;
import com.omendb.tools.option.Converters;
import com.omendb.tools.report.ByteSize;
import com.omendb.tools.report.Console;
import com.omendb.tools.report.IndexFiles;
import com.omendb.tools.report.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `omen info`: what an index is and where its memory goes.
@CommandLine.Command(
    name = "info",
    sortOptions = false,
    showDefaultValues = true,
    description = "Print what an index is, how it was built, and where its memory goes.",
    footer = {"", "Example:", "  omen info index --memory 64MB"})
@SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls the command
public final class InfoCommand extends Command {
  @Parameters(index = "0", paramLabel = "INDEX", description = "The index directory.")
  private Path index;

  @Option(
      names = "--memory",
      defaultValue = "1GB",
      paramLabel = "SIZE",
      converter = Converters.Size.class,
      description = "Memory to open it with.")
  private long memoryBytes;

  public InfoCommand(Console console) {
    super(console);
  }

  @Override
  void run() throws IOException {
    OpenOptions options =
        OpenOptions.builder().memoryBudgetBytes(memoryBytes).maxSearchers(1).build();
    IndexInfo info;
    try (AnnIndex open = AnnIndex.open(index, options)) {
      info = open.info();
    }
    OptionalLong smallest = smallestBudget(options);
    List<IndexFiles.IndexFile> files = IndexFiles.list(index);
    if (json()) {
      println(json(info, smallest, files));
    } else {
      printText(info, smallest, files);
    }
  }

  /// The smallest budget that one searcher works with, learnt from the refusal of a budget that is
  /// too small for anything.
  private OptionalLong smallestBudget(OpenOptions options) throws IOException {
    try (AnnIndex _ = AnnIndex.open(index, options.toBuilder().memoryBudgetBytes(1).build())) {
      return OptionalLong.empty();
    } catch (MemoryBudgetException e) {
      return OptionalLong.of(e.smallestBudgetBytes());
    }
  }

  private static JsonObject json(
      IndexInfo info, OptionalLong smallest, List<IndexFiles.IndexFile> files) {
    JsonObject settings = new JsonObject();
    info.settings().forEach(settings::put);
    JsonObject memory = new JsonObject();
    info.memoryBytes().forEach(memory::put);
    List<JsonObject> fileObjects = new ArrayList<>();
    for (IndexFiles.IndexFile file : files) {
      fileObjects.add(new JsonObject().put("name", file.name()).put("bytes", file.bytes()));
    }
    JsonObject object =
        new JsonObject()
            .put("directory", info.directory().toString())
            .put("kind", info.kind())
            .put("formatVersion", info.formatVersion())
            .put("count", info.count())
            .put("dimension", info.dimension())
            .put("elementType", info.elementType().label())
            .put("metric", info.metric().label())
            .put("indexBytes", info.indexBytes())
            .put("memoryBudgetBytes", info.memoryBudgetBytes())
            .put("memoryBytes", memory)
            .put("settings", settings)
            .put("files", fileObjects);
    smallest.ifPresent(bytes -> object.put("smallestBudgetBytes", bytes));
    return object;
  }

  private void printText(IndexInfo info, OptionalLong smallest, List<IndexFiles.IndexFile> files) {
    println("index:       " + info.directory());
    println("kind:        " + info.kind() + ", format version " + info.formatVersion());
    println(
        String.format(
            Locale.ROOT,
            "vectors:     %,d of dimension %d, %s, distance %s",
            info.count(),
            info.dimension(),
            info.elementType().label(),
            info.metric().label()));
    println("settings:");
    info.settings().forEach((name, value) -> println(entry(name, value)));
    println("files:       " + ByteSize.format(info.indexBytes()));
    for (IndexFiles.IndexFile file : files) {
      println(entry(file.name(), ByteSize.format(file.bytes())));
    }
    println("memory:      " + ByteSize.format(info.memoryBudgetBytes()) + " given, one searcher");
    info.memoryBytes().forEach((name, bytes) -> println(entry(name, ByteSize.format(bytes))));
    smallest.ifPresent(
        bytes ->
            println(
                "smallest:    "
                    + ByteSize.format(bytes)
                    + " ("
                    + bytes
                    + " bytes) for one searcher"));
  }

  private static String entry(String name, String value) {
    return String.format(Locale.ROOT, "  %-28s %s", name, value);
  }
}
