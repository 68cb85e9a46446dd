package com.omendb.tools.command;

import com.omendb.datasets.files.IntMatrix;
import com.omendb.datasets.files.MatrixFiles;
import com.omendb.datasets.files.StoredType;
import com.omendb.datasets.files.VectorFile;
import com.omendb.datasets.files.VectorFileWriter;
import com.omendb.tools.option.Converters;
import com.omendb.tools.option.RowRange;
import com.omendb.tools.report.Console;
import com.omendb.tools.report.JsonObject;
import com.omendb.tools.report.ProgressPrinter;
import com.omendb.vectors.VectorSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `omen convert`: a file of vectors, or of integers, becomes one of another format.
@CommandLine.Command(
    name = "convert",
    sortOptions = false,
    description = {
      "Convert a file of vectors, or of row numbers, to another format.",
      "",
      "Extensions say the formats. The output appears when it is whole; the memory that this takes",
      "does not depend on the length of the files."
    },
    footer = {
      "",
      "Examples:",
      "  omen convert embeddings.npy base.fbin",
      "  omen convert texts.parquet#embedding base.f16bin --element-type float16",
      "  omen convert sift.hdf5#neighbors gt.ibin"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls the command
public final class ConvertCommand extends Command {
  /// Rows between two messages of progress.
  private static final int BLOCK_ROWS = 4096;

  @Parameters(
      index = "0",
      paramLabel = "INPUT",
      description = "Vectors: " + Inputs.FORMATS + " Row numbers: ivecs ibin hdf5 h5.")
  private Path input;

  @Parameters(
      index = "1",
      paramLabel = "OUTPUT",
      description =
          "The file to write: fvecs bvecs fbin f16bin u8bin i8bin npy jsonl ndjson csv tsv; row"
              + " numbers: ivecs ibin.")
  private Path output;

  @Option(
      names = "--element-type",
      paramLabel = "TYPE",
      converter = Converters.StoredTypeName.class,
      description =
          "Convert elements to float32, float16 (rounded), uint8 or int8 (whole numbers only); what"
              + " does not fit is refused. Default: as they are read, float16 as float32.")
  private @Nullable StoredType type;

  @Option(
      names = "--rows",
      paramLabel = "FROM:COUNT",
      converter = RowRange.Converter.class,
      description = "Only these rows of INPUT.")
  private @Nullable RowRange rows;

  @Option(names = "--overwrite", description = "Replace OUTPUT if it exists.")
  private boolean overwrite;

  public ConvertCommand(Console console) {
    super(console);
  }

  @Override
  void run() throws IOException {
    Set<StoredType> types = VectorFileWriter.types(output);
    checkOutput();
    if (types.isEmpty()) {
      convertIntegers();
    } else {
      convertVectors(types);
    }
  }

  private void checkOutput() throws IOException {
    Outputs.check(List.of(output), overwrite, Inputs.files(input));
  }

  private void convertIntegers() throws IOException {
    if (type != null || rows != null) {
      throw wrongUsage("--element-type and --rows are for vectors: output=" + output);
    }
    try (IntMatrix matrix = IntMatrix.open(input)) {
      if (matrix.hasDistances()) {
        warn("the distances behind the row numbers are left out: path=" + input);
      }
      checkOutput();
      MatrixFiles.write(output, matrix);
      report("rows of integers", matrix.rows(), matrix.columns(), "int32");
    }
  }

  private void convertVectors(Set<StoredType> types) throws IOException {
    try (VectorFile file = Inputs.vectors(input, rows);
        ProgressPrinter progress = progress()) {
      VectorSource vectors = file.vectors();
      StoredType stored = type == null ? StoredType.of(vectors.elementType()) : type;
      if (type == null && !types.contains(stored)) {
        throw new IllegalArgumentException(
            "OUTPUT does not hold elements as they are; --element-type converts them to "
                + types.stream().map(StoredType::label).collect(Collectors.joining(" or "))
                + ": output="
                + output
                + ", elementType="
                + stored.label());
      }
      progress.phase("convert vectors", vectors.count());
      try (VectorFileWriter writer = new VectorFileWriter(output, vectors.dimension(), stored)) {
        try {
          for (long row = 0; row < vectors.count(); row += BLOCK_ROWS) {
            long count = Math.min(BLOCK_ROWS, vectors.count() - row);
            writer.append(vectors.rows(row, count));
            progress.advance(count);
          }
          checkOutput();
        } catch (Throwable e) {
          writer.discard();
          throw e;
        }
      }
      report("vectors", vectors.count(), vectors.dimension(), stored.label());
    }
  }

  private void report(String what, long count, int dimension, String elementType) {
    if (json()) {
      println(
          new JsonObject()
              .put("path", output.toString())
              .put("count", count)
              .put("dimension", dimension)
              .put("elementType", elementType));
    } else {
      println(
          String.format(
              Locale.ROOT,
              "wrote %s: %,d %s of dimension %d, %s",
              output,
              count,
              what,
              dimension,
              elementType));
    }
  }
}
