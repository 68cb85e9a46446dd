package com.omendb.diskann.format;

import com.omendb.errors.CorruptFileException;
import com.omendb.pq.CodeKinds;
import com.omendb.pq.CodeSpec;
import com.omendb.store.directory.Manifest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// How an index writes which codes it keeps: in names of files, in headers and in the manifest.
///
/// The first kind, `pq`, is written as it was when it was the only one: by its sizes alone.
public final class CodeNames {
  /// Name of the first kind.
  private static final String FIRST_KIND = "pq";

  /// Setting of the manifest where all codes are of the first kind: their sizes.
  private static final String SIZES_SETTING = "subspaceCounts";

  /// Setting of the manifest where they are not: their texts.
  private static final String CODES_SETTING = "codes";

  private static final Pattern FILE =
      Pattern.compile(
          "(?:codes|codebook)-(?:([0-9]{1,4})\\.pq|([a-z][a-z0-9]*)-([0-9]{1,5})\\.part)");

  private CodeNames() {}

  private static boolean isOfFirstKind(CodeSpec code) {
    return code.kind().name().equals(FIRST_KIND);
  }

  /// A code in names: `48`, or `kind-48`.
  public static String label(CodeSpec code) {
    return isOfFirstKind(code)
        ? String.valueOf(code.bytes())
        : code.kind().name() + "-" + code.bytes();
  }

  /// Name of a file of a code.
  ///
  /// @param content `codes` or `codebook`
  public static String file(String content, CodeSpec code) {
    return content + "-" + label(code) + (isOfFirstKind(code) ? ".pq" : ".part");
  }

  /// The codes that names of files tell of, ascending; those of unknown kinds are left out.
  public static SortedSet<CodeSpec> ofFiles(Iterable<String> files, CodeKinds kinds) {
    TreeSet<CodeSpec> codes = new TreeSet<>();
    for (String file : files) {
      ofFile(file, kinds).ifPresent(codes::add);
    }
    return codes;
  }

  private static Optional<CodeSpec> ofFile(String file, CodeKinds kinds) {
    Matcher name = FILE.matcher(file);
    if (!name.matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          name.group(1) == null
              ? kinds.parse(name.group(2) + ":" + name.group(3))
              : kinds.parse(FIRST_KIND + ":" + name.group(1)));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// The fields of a header, and one that tells the kind of the code. The first kind has none.
  static long[] withKind(CodeSpec code, long... fields) {
    if (isOfFirstKind(code)) {
      return fields;
    }
    long[] all = Arrays.copyOf(fields, fields.length + 1);
    all[fields.length] = kindField(code);
    return all;
  }

  /// Whether a header tells the kind of a code.
  ///
  /// @param count fields before the one that tells it
  public static boolean hasKind(CodeSpec code, long[] fields, int count) {
    return (fields.length > count ? fields[count] : 0) == kindField(code);
  }

  // The characters of its name, the first in the highest byte that is not zero.
  private static long kindField(CodeSpec code) {
    long field = 0;
    if (!isOfFirstKind(code)) {
      for (byte character : code.kind().name().getBytes(StandardCharsets.US_ASCII)) {
        field = field << Byte.SIZE | character;
      }
    }
    return field;
  }

  /// The codes of an index in one line: sizes alone if all are of the first kind, else texts.
  public static String line(List<CodeSpec> codes) {
    return codes.stream().allMatch(CodeNames::isOfFirstKind)
        ? codes.stream().map(CodeNames::label).collect(Collectors.joining(","))
        : CodeSpec.text(codes);
  }

  /// Puts the codes of an index among the settings of its manifest.
  public static void put(Map<String, String> settings, List<CodeSpec> codes) {
    boolean sizes = codes.stream().allMatch(CodeNames::isOfFirstKind);
    settings.put(sizes ? SIZES_SETTING : CODES_SETTING, line(codes));
  }

  /// The codes that an index says it keeps, ascending.
  ///
  /// @param kinds those that are known
  /// @throws CorruptFileException if it names none, an unknown one, or one that does not suit it
  public static List<CodeSpec> ofManifest(Manifest manifest, Path path, CodeKinds kinds)
      throws CorruptFileException {
    String texts = manifest.settings().get(CODES_SETTING);
    String sizes = manifest.settings().getOrDefault(SIZES_SETTING, "");
    List<CodeSpec> codes = new ArrayList<>();
    try {
      for (String code : (texts == null ? sizes : texts).split(",")) {
        codes.add(kinds.parse(texts == null ? FIRST_KIND + ":" + code : code));
      }
      if (codes.stream().allMatch(code -> code.suits(manifest.dimension()))) {
        return codes.stream().sorted().distinct().toList();
      }
    } catch (IllegalArgumentException _) {
      // Told below, as codes that do not suit the vectors are.
    }
    throw new CorruptFileException(
        "setting is unusable: " + (texts == null ? SIZES_SETTING : CODES_SETTING),
        path,
        0,
        "known codes of vectors of dimension=" + manifest.dimension(),
        texts == null ? sizes : texts);
  }
}
