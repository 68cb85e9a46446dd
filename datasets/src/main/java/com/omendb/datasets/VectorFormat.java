package com.omendb.datasets;

import com.omendb.vectors.ElementType;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The layouts of vector and integer files, told apart by their extension. Everything is
/// little-endian.
///
/// - `fvecs`, `bvecs`, `ivecs` (the TEXMEX corpora): every row is its length as an int32, followed
///   by that many float32, uint8 or int32 elements.
/// - `fbin`, `u8bin`, `i8bin`, `ibin` (the billion-scale benchmarks): a uint32 row count and a
///   uint32 dimension, then the rows of float32, uint8, int8 or int32 elements.
/// - `hdf5` or `h5` (ann-benchmarks): data sets `train`, `test`, `neighbors` and `distances`.
public enum VectorFormat {
  /// Rows of float32, each after its length.
  FVECS(Layout.ROW_LENGTHS, 4, ElementType.FLOAT32, "fvecs"),
  /// Rows of uint8, each after its length.
  BVECS(Layout.ROW_LENGTHS, 1, ElementType.UINT8, "bvecs"),
  /// Rows of int32, each after its length.
  IVECS(Layout.ROW_LENGTHS, 4, null, "ivecs"),
  /// A header, then rows of float32.
  FBIN(Layout.HEADER, 4, ElementType.FLOAT32, "fbin"),
  /// A header, then rows of uint8.
  U8BIN(Layout.HEADER, 1, ElementType.UINT8, "u8bin"),
  /// A header, then rows of int8.
  I8BIN(Layout.HEADER, 1, ElementType.INT8, "i8bin"),
  /// A header, then rows of int32.
  IBIN(Layout.HEADER, 4, null, "ibin"),
  /// A container whose data sets carry their own shape and type.
  HDF5(Layout.CONTAINER, 0, null, "hdf5");

  /// How rows lie in a file.
  enum Layout {
    ROW_LENGTHS,
    HEADER,
    CONTAINER
  }

  private static final String GZIP_SUFFIX = ".gz";
  private static final String SHORT_HDF5 = "h5";
  private static final Pattern HDF5_PATH =
      Pattern.compile("(.*\\.(?:hdf5|h5)(?:\\.gz)?)#([^#]+)", Pattern.CASE_INSENSITIVE);

  private final Layout layout;
  private final int elementBytes;
  private final Optional<ElementType> elementType;
  private final String extension;

  VectorFormat(
      Layout layout, int elementBytes, @Nullable ElementType elementType, String extension) {
    this.layout = layout;
    this.elementBytes = elementBytes;
    this.elementType = Optional.ofNullable(elementType);
    this.extension = extension;
  }

  /// The type of a vector element; empty for integer files and for HDF5, whose data sets say it.
  public Optional<ElementType> elementType() {
    return elementType;
  }

  /// The extension without its dot, such as `fvecs`.
  public String extension() {
    return extension;
  }

  /// The format that a file's extension stands for, ignoring case and a final `.gz`. A path such as
  /// `sift.hdf5#test` stands for a data set within an HDF5 file.
  ///
  /// @throws IllegalArgumentException naming the known extensions if it is none of them
  public static VectorFormat ofPath(Path path) {
    return find(path)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown vector file extension (known: "
                        + Arrays.stream(values())
                            .map(format -> "." + format.extension)
                            .collect(Collectors.joining(" "))
                        + " ."
                        + SHORT_HDF5
                        + ", each also with .gz): path="
                        + path));
  }

  /// The same; empty if the extension is unknown.
  static Optional<VectorFormat> find(Path path) {
    if (splitHdf5(path).isPresent()) {
      return Optional.of(HDF5);
    }
    String name = fileName(path);
    if (name.endsWith(GZIP_SUFFIX)) {
      name = name.substring(0, name.length() - GZIP_SUFFIX.length());
    }
    String extension = name.substring(name.lastIndexOf('.') + 1);
    if (extension.equals(SHORT_HDF5)) {
      return Optional.of(HDF5);
    }
    return Arrays.stream(values()).filter(format -> format.extension.equals(extension)).findFirst();
  }

  /// A data set within an HDF5 file, written as one path: `sift.hdf5#test`.
  ///
  /// @param file the HDF5 file
  /// @param dataset the name of the data set
  record Hdf5Path(Path file, String dataset) {}

  /// The two parts of a path such as `sift.hdf5#test`; empty if it is not of that form.
  static Optional<Hdf5Path> splitHdf5(Path path) {
    Matcher parts = HDF5_PATH.matcher(String.valueOf(path.getFileName()));
    return parts.matches()
        ? Optional.of(new Hdf5Path(path.resolveSibling(parts.group(1)), parts.group(2)))
        : Optional.empty();
  }

  /// The two parts of the path of an HDF5 file, the data set `dataset` if none is named.
  static Hdf5Path hdf5Path(Path path, String dataset) {
    return splitHdf5(path).orElse(new Hdf5Path(path, dataset));
  }

  /// Whether the file is compressed, by its name.
  static boolean isGzip(Path path) {
    return fileName(path).endsWith(GZIP_SUFFIX);
  }

  Layout layout() {
    return layout;
  }

  int elementBytes() {
    return elementBytes;
  }

  /// Whether this is a format of int32 rows.
  boolean isInteger() {
    return this == IVECS || this == IBIN;
  }

  private static String fileName(Path path) {
    Path name = path.getFileName();
    return name == null ? "" : name.toString().toLowerCase(Locale.ROOT);
  }
}
