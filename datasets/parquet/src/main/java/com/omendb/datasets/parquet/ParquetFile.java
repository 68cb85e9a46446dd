package com.omendb.datasets.parquet;

import com.omendb.datasets.files.VectorFileException;
import com.omendb.datasets.tables.Content;
import com.omendb.datasets.tables.Table;
import com.omendb.datasets.tables.TableFile;
import dev.hardwood.HardwoodContext;
import dev.hardwood.InputFile;
import dev.hardwood.metadata.ColumnMetaData;
import dev.hardwood.metadata.PhysicalType;
import dev.hardwood.metadata.RepetitionType;
import dev.hardwood.metadata.RowGroup;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.schema.SchemaNode;
import dev.hardwood.schema.SchemaNode.GroupNode;
import dev.hardwood.schema.SchemaNode.PrimitiveNode;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// One open Parquet file. Not thread-safe.
final class ParquetFile implements TableFile {
  /// Where the vectors are if no column is named, the first that is there.
  private static final List<String> DEFAULT_COLUMNS = List.of("vector", "embedding");

  private static final int THREADS = 2;

  /// Bytes at the beginning that say what the file is.
  private static final int MAGIC_BYTES = 4;

  private final Path path;
  private final HardwoodContext context;
  private final ParquetFileReader reader;
  private final long length;

  private ParquetFile(Path path, HardwoodContext context, ParquetFileReader reader, long length) {
    this.path = path;
    this.context = context;
    this.reader = reader;
    this.length = length;
  }

  /// Opens a file and reads its schema.
  static ParquetFile open(Path path, Path plain) throws IOException {
    HardwoodContext context = HardwoodContext.create(THREADS);
    try {
      return new ParquetFile(
          path,
          context,
          ParquetFileReader.open(new CheckedInput(InputFile.of(plain), path), context),
          Files.size(plain));
    } catch (Throwable e) {
      context.close();
      if (e instanceof FileSystemException
          || e instanceof VectorFileException
          || !(e instanceof IOException)) {
        throw e;
      }
      throw new VectorFileException(
          "the file is no Parquet file",
          path,
          0,
          "a Parquet file",
          String.valueOf(e.getMessage()),
          e);
    }
  }

  @Override
  public Table table(Content content, Optional<String> name) throws IOException {
    Map<String, PrimitiveNode> lists = lists();
    PrimitiveNode elements =
        name.stream()
            .flatMap(column -> Optional.ofNullable(lists.get(column)).stream())
            .findFirst()
            .or(() -> name.isPresent() ? Optional.empty() : defaultColumn(lists))
            .orElseThrow(
                () ->
                    new VectorFileException(
                        "the file has no such column of lists of numbers; another is chosen with"
                            + " FILE#COLUMN",
                        path,
                        0,
                        name.orElse(String.join(" or ", DEFAULT_COLUMNS)),
                        lists.keySet().stream().limit(20).collect(Collectors.joining(", "))));
    for (RowGroup group : reader.getFileMetaData().rowGroups()) {
      requireInside(group, elements.columnIndex());
    }
    return ListColumn.open(path, reader, elements);
  }

  /// Requires that the pages of a column lie inside the file: the library looks for further pages
  /// without end where a footer promises more than there is.
  private void requireInside(RowGroup group, int columnIndex) throws VectorFileException {
    if (columnIndex >= group.columns().size()) {
      throw new VectorFileException(
          "a row group lacks columns", path, 0, columnIndex + 1, group.columns().size());
    }
    ColumnMetaData chunk = group.columns().get(columnIndex).metaData();
    Long dictionary = chunk.dictionaryPageOffset();
    long start =
        dictionary == null || dictionary == 0
            ? chunk.dataPageOffset()
            : Math.min(dictionary, chunk.dataPageOffset());
    long bytes = chunk.totalCompressedSize();
    boolean inside = start >= MAGIC_BYTES && bytes > 0 && bytes <= length - start;
    if (!inside || group.numRows() < 1 || chunk.numValues() < group.numRows()) {
      throw new VectorFileException(
          "the footer contradicts the file",
          path,
          start,
          "pages inside " + length + " bytes and at least one value a row",
          bytes + " bytes, " + group.numRows() + " rows, " + chunk.numValues() + " values");
    }
  }

  @Override
  public boolean has(Content content) {
    return content.isVectors() && defaultColumn(lists()).isPresent();
  }

  @Override
  public void close() throws IOException {
    try {
      reader.close();
    } finally {
      context.close();
    }
  }

  // The column of a usual name, or the only one that there is.
  private static Optional<PrimitiveNode> defaultColumn(Map<String, PrimitiveNode> lists) {
    return DEFAULT_COLUMNS.stream()
        .flatMap(column -> Optional.ofNullable(lists.get(column)).stream())
        .findFirst()
        .or(() -> lists.size() == 1 ? lists.values().stream().findFirst() : Optional.empty());
  }

  /// The columns that are lists of FLOAT or DOUBLE, with their elements.
  private Map<String, PrimitiveNode> lists() {
    Map<String, PrimitiveNode> lists = new LinkedHashMap<>();
    for (SchemaNode field : reader.getFileSchema().getRootNode().children()) {
      SchemaNode element =
          switch (field) {
            case GroupNode group when group.isList() -> group.getListElement();
            case PrimitiveNode plain when plain.repetitionType() == RepetitionType.REPEATED ->
                plain;
            default -> null;
          };
      if (element instanceof PrimitiveNode numbers
          && numbers.maxRepetitionLevel() == 1
          && (numbers.type() == PhysicalType.FLOAT || numbers.type() == PhysicalType.DOUBLE)) {
        lists.put(field.name(), numbers);
      }
    }
    return lists;
  }
}
