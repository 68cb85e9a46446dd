package com.omendb.tools.command;

import com.omendb.datasets.files.VectorFile;
import com.omendb.store.AnnIndex;
import com.omendb.store.IndexInfo;
import com.omendb.store.OpenOptions;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.store.Searcher;
import com.omendb.tools.option.Converters;
import com.omendb.tools.option.NumberList;
import com.omendb.tools.option.RowRange;
import com.omendb.tools.report.Console;
import com.omendb.tools.report.Explanation;
import com.omendb.tools.report.JsonObject;
import com.omendb.tools.report.TextTable;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.VectorSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `omen search`: the nearest neighbours of a few queries.
@CommandLine.Command(
    name = "search",
    sortOptions = false,
    showDefaultValues = true,
    description = "Find the nearest neighbours of queries: ids and exact distances.",
    footer = {
      "",
      "Examples:",
      "  omen search index --queries q.u8bin --row 7 --k 10 --explain",
      "  omen search index --vector 0.1,0.25,-3 --k 5 --json"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls the command
public final class SearchCommand extends Command {
  private static final TextTable TABLE =
      new TextTable(
          List.of(
              new TextTable.Column("rank", 6),
              new TextTable.Column("id", 12),
              new TextTable.Column("distance", 14)));

  @Parameters(index = "0", paramLabel = "INDEX", description = "The index directory.")
  private Path index;

  @ArgGroup(multiplicity = "1")
  private Query query;

  /// What to search for: a file's rows, or one vector.
  static final class Query {
    @Option(
        names = "--queries",
        paramLabel = "FILE",
        description = "A file of query vectors; of .hdf5 its data set test.")
    private @Nullable Path file;

    @Option(
        names = "--vector",
        paramLabel = "X,X,...",
        converter = NumberList.Floats.class,
        description = "The elements of one query.")
    private @Nullable NumberList<Float> vector;
  }

  @ArgGroup(multiplicity = "0..1")
  private @Nullable Rows rows;

  /// Which rows of the query file.
  static final class Rows {
    @Option(
        names = "--row",
        paramLabel = "N",
        description = "Row of the query file, from 0; default: 0.",
        showDefaultValue = CommandLine.Help.Visibility.NEVER)
    private @Nullable Long row;

    @Option(
        names = "--rows",
        paramLabel = "FROM:COUNT",
        converter = RowRange.Converter.class,
        description = "Several rows of the query file.")
    private @Nullable RowRange range;
  }

  @Option(names = "--k", defaultValue = "10", paramLabel = "K", description = "Neighbours wanted.")
  private int k;

  @Option(
      names = "--search-list-size",
      paramLabel = "L",
      description = "Candidates kept: more finds more; default: the index chooses.",
      showDefaultValue = CommandLine.Help.Visibility.NEVER)
  private @Nullable Integer searchListSize;

  @Mixin private EffortOptions effort;

  @Option(
      names = "--memory",
      defaultValue = "1GB",
      paramLabel = "SIZE",
      converter = Converters.Size.class,
      description = "Memory for codes, layers and pages.")
  private long memoryBytes;

  @Mixin private ServingOptions serving;

  @Option(names = "--explain", description = "Print what each search cost.")
  private boolean explain;

  public SearchCommand(Console console) {
    super(console);
  }

  @Override
  void run() throws IOException {
    serving.check(this);
    SearchKnobs knobs = usage(() -> effort.knobs(k, searchListSize));
    OpenOptions options =
        serving.apply(OpenOptions.builder().memoryBudgetBytes(memoryBytes).maxSearchers(1).build());
    if (query.file == null && rows != null) {
      throw wrongUsage("--row and --rows choose rows of --queries");
    }
    try (AnnIndex open = AnnIndex.open(index, options);
        Searcher searcher = open.newSearcher()) {
      if (query.file != null) {
        searchFile(searcher, query.file, knobs);
      } else if (query.vector != null) {
        SearchRequest request =
            knobs.apply(request(query.vector.values(), open.info()).toBuilder());
        print(0, searcher.search(request));
      }
      serving.printMetrics(this);
    }
  }

  private void searchFile(Searcher searcher, Path path, SearchKnobs knobs) throws IOException {
    try (VectorFile file = VectorFile.openQueries(path)) {
      VectorSource queries = file.vectors();
      RowRange wanted = wantedRows();
      if (wanted.fromRow() > queries.count() - wanted.rowCount()) {
        throw new IllegalArgumentException(
            path + " has no such rows: rows=" + wanted + ", count=" + queries.count());
      }
      for (long row = wanted.fromRow(); row < wanted.fromRow() + wanted.rowCount(); row++) {
        print(row, searcher.search(knobs.request(queries, row)));
      }
    }
  }

  private RowRange wantedRows() {
    if (rows != null && rows.range != null) {
      return rows.range;
    }
    long row = rows == null || rows.row == null ? 0 : rows.row;
    if (row < 0) {
      throw wrongUsage("row is negative: row=" + row);
    }
    return new RowRange(row, 1);
  }

  /// A request for elements typed on the command line, in the index's own type.
  private SearchRequest request(List<Float> elements, IndexInfo info) {
    return switch (info.elementType()) {
      case FLOAT32 -> {
        float[] floats = new float[elements.size()];
        for (int column = 0; column < floats.length; column++) {
          floats[column] = elements.get(column);
        }
        yield SearchRequest.of(floats, k);
      }
      case UINT8 -> SearchRequest.ofUint8(bytes(elements, info.elementType(), 0, 255), k);
      case INT8 -> SearchRequest.ofInt8(bytes(elements, info.elementType(), -128, 127), k);
    };
  }

  private static byte[] bytes(List<Float> elements, ElementType type, int low, int high) {
    byte[] bytes = new byte[elements.size()];
    for (int column = 0; column < bytes.length; column++) {
      float element = elements.get(column);
      int whole = (int) element;
      if (whole != element || whole < low || whole > high) {
        throw new IllegalArgumentException(
            "the index holds "
                + type.label()
                + ", elements are whole numbers "
                + low
                + ".."
                + high
                + ": column="
                + column
                + ", element="
                + element);
      }
      bytes[column] = (byte) whole;
    }
    return bytes;
  }

  private void print(long row, SearchResult result) {
    int skipped = result.stats().skippedPages();
    if (skipped > 0) {
      warn("neighbours may be missing: query=%d, skippedPages=%d".formatted(row, skipped));
    }
    if (json()) {
      JsonObject line =
          new JsonObject()
              .put("query", row)
              .put("ids", result.ids())
              .put("distances", result.distances());
      println(explain ? line.put("stats", Explanation.json(result.stats())) : line);
      return;
    }
    println("query " + row + ":");
    println(TABLE.headings());
    for (int rank = 0; rank < result.count(); rank++) {
      println(
          TABLE.row(
              List.of(
                  Integer.toString(rank + 1),
                  Long.toString(result.id(rank)),
                  String.format(Locale.ROOT, "%s", result.distance(rank)))));
    }
    if (explain) {
      println(Explanation.text(result.stats()));
    }
  }
}
