package com.omendb.datasets.files;

import com.omendb.vectors.ElementType;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The layouts of vector and integer files, told apart by their extension. Everything is
/// little-endian.
///
/// - `fvecs`, `bvecs`, `ivecs` (the TEXMEX corpora): every row is its length as an int32, followed
///   by that many float32, uint8 or int32 elements.
/// - `fbin`, `f16bin`, `u8bin`, `i8bin`, `ibin` (the billion-scale benchmarks): a uint32 row count
///   and a uint32 dimension, then the rows of float32, float16, uint8, int8 or int32 elements.
/// - `npy` (NumPy): a two-dimensional array in C order of float16, float32, float64, uint8 or int8.
/// - `hdf5` or `h5` (ann-benchmarks; needs `omendb-datasets-hdf5`): data sets `train`, `test`,
///   `neighbors` and `distances`.
/// - `jsonl` or `ndjson`, `csv`, `tsv` (need `omendb-datasets-text`): one vector a line.
/// - `parquet` (needs `omendb-datasets-parquet`): a column of lists of numbers.
public enum VectorFormat {
  /// Rows of float32, each after its length.
  FVECS(Layout.ROW_LENGTHS, 4, ElementType.FLOAT32, "fvecs"),
  /// Rows of uint8, each after its length.
  BVECS(Layout.ROW_LENGTHS, 1, ElementType.UINT8, "bvecs"),
  /// Rows of int32, each after its length.
  IVECS(Layout.ROW_LENGTHS, 4, null, "ivecs"),
  /// A header, then rows of float32.
  FBIN(Layout.HEADER, 4, ElementType.FLOAT32, "fbin"),
  /// A header, then rows of float16, which are read as float32.
  F16BIN(Layout.HEADER, 2, ElementType.FLOAT32, "f16bin"),
  /// A header, then rows of uint8.
  U8BIN(Layout.HEADER, 1, ElementType.UINT8, "u8bin"),
  /// A header, then rows of int8.
  I8BIN(Layout.HEADER, 1, ElementType.INT8, "i8bin"),
  /// A header, then rows of int32.
  IBIN(Layout.HEADER, 4, null, "ibin"),
  /// An array of NumPy, whose header says shape and type.
  NPY(Layout.TABLES, 0, null, "npy"),
  /// A container whose data sets carry their own shape and type.
  HDF5(Layout.TABLES, 0, null, "hdf5", "h5"),
  /// Lines of JSON, each an object with a vector in it or an array.
  JSON_LINES(Layout.TABLES, 0, null, "jsonl", "ndjson"),
  /// Values separated by commas, below a line with the names of the columns.
  CSV(Layout.TABLES, 0, null, "csv"),
  /// The same, separated by tabs.
  TSV(Layout.TABLES, 0, null, "tsv"),
  /// Columns, of which one holds lists of numbers.
  PARQUET(Layout.TABLES, 0, null, "parquet");

  /// How rows lie in a file.
  enum Layout {
    ROW_LENGTHS,
    HEADER,
    TABLES
  }

  private static final String GZIP_SUFFIX = ".gz";
  private static final Pattern TABLE_PATH =
      Pattern.compile(
          "(.*\\.(?:"
              + Arrays.stream(values())
                  .filter(format -> format.layout == Layout.TABLES && format != NPY)
                  .flatMap(format -> format.extensions())
                  .collect(Collectors.joining("|"))
              + ")(?:\\.gz)?)#([^#]+)",
          Pattern.CASE_INSENSITIVE);

  private final Layout layout;
  private final int elementBytes;
  private final Optional<ElementType> elementType;
  private final String extension;
  private final Optional<String> otherExtension;

  VectorFormat(
      Layout layout, int elementBytes, @Nullable ElementType elementType, String extension) {
    this(layout, elementBytes, elementType, extension, null);
  }

  VectorFormat(
      Layout layout,
      int elementBytes,
      @Nullable ElementType elementType,
      String extension,
      @Nullable String otherExtension) {
    this.layout = layout;
    this.elementBytes = elementBytes;
    this.elementType = Optional.ofNullable(elementType);
    this.extension = extension;
    this.otherExtension = Optional.ofNullable(otherExtension);
  }

  /// {@return the type of a vector element as it is read; empty for integer files and for formats
  /// whose files say it themselves}
  public Optional<ElementType> elementType() {
    return elementType;
  }

  /// {@return the extension without its dot, such as `fvecs`}
  public String extension() {
    return extension;
  }

  /// {@return the format that a file's extension stands for, ignoring case and a final `.gz`} A
  /// path such as `sift.hdf5#test` or `texts.parquet#embedding` stands for a data set or column
  /// within a file.
  ///
  /// @param path the file
  /// @throws IllegalArgumentException naming the known extensions if it is none of them
  public static VectorFormat ofPath(Path path) {
    return find(path)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown vector file extension (known: "
                        + Arrays.stream(values())
                            .flatMap(format -> format.extensions())
                            .map(extension -> "." + extension)
                            .collect(Collectors.joining(" "))
                        + ", each also with .gz): path="
                        + path));
  }

  /// {@return the same; empty if the extension is unknown}
  ///
  /// @param path the file
  public static Optional<VectorFormat> find(Path path) {
    String extension = extension(file(path));
    return Arrays.stream(values())
        .filter(format -> format.extensions().anyMatch(extension::equals))
        .findFirst();
  }

  /// {@return the file that a path names, without a data set or column after a `#`}
  ///
  /// @param path the file
  public static Path file(Path path) {
    return TablePath.of(path).file();
  }

  /// {@return whether the file is compressed, by its name}
  ///
  /// @param path the file
  public static boolean isGzip(Path path) {
    return fileName(path).endsWith(GZIP_SUFFIX);
  }

  /// {@return whether files of the format hold tables that are opened with a [TableReader]}
  public boolean hasTables() {
    return layout == Layout.TABLES;
  }

  /// {@return whether this is a format of int32 rows}
  public boolean isInteger() {
    return this == IVECS || this == IBIN;
  }

  /// Whether files of the format are lines of text.
  boolean isText() {
    return this == JSON_LINES || this == CSV || this == TSV;
  }

  /// A table within a file, written as one path: `sift.hdf5#test`.
  ///
  /// @param file the file
  /// @param table the name of the table, if one is named
  record TablePath(Path file, Optional<String> table) {
    static TablePath of(Path path) {
      Matcher parts = TABLE_PATH.matcher(String.valueOf(path.getFileName()));
      return parts.matches()
          ? new TablePath(path.resolveSibling(parts.group(1)), Optional.of(parts.group(2)))
          : new TablePath(path, Optional.empty());
    }
  }

  /// What a file's name ends in, in lower case, without `.gz` and without a dot.
  static String extension(Path path) {
    String name = fileName(path);
    if (name.endsWith(GZIP_SUFFIX)) {
      name = name.substring(0, name.length() - GZIP_SUFFIX.length());
    }
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private Stream<String> extensions() {
    return Stream.concat(Stream.of(extension), otherExtension.stream());
  }

  Layout layout() {
    return layout;
  }

  int elementBytes() {
    return elementBytes;
  }

  private static String fileName(Path path) {
    Path name = path.getFileName();
    return name == null ? "" : name.toString().toLowerCase(Locale.ROOT);
  }
}
