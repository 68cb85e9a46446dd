package com.omendb.diskann.checking;

import com.omendb.diskann.parts.CoarseGraph;
import com.omendb.diskann.parts.GraphPart;
import com.omendb.diskann.parts.KindParts;
import com.omendb.diskann.parts.PartList;
import com.omendb.errors.CorruptFileException;
import com.omendb.store.checking.CheckedFile;
import com.omendb.store.checking.DamageLog;
import com.omendb.store.checking.FileChecks;
import com.omendb.store.directory.Manifest;
import com.omendb.store.verify.Damage.Kind;
import com.omendb.store.verify.VerifyOptions;
import com.omendb.store.verify.VerifyReport;
import com.omendb.vectors.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// Checks the files of an index without opening it.
///
/// A quick check looks at the manifest, at which files there are, at their lengths and headers. A
/// full check reads every byte once and compares it with the checksums of pages, payloads and whole
/// files, and then what was read with itself: see [FullCheck].
public final class IndexVerifier {
  private final Path directory;
  private final String kind;
  private final KindParts parts;
  private final VerifyOptions options;
  private final Progress progress;
  private final DamageLog log;

  private IndexVerifier(
      Path directory, String kind, KindParts parts, VerifyOptions options, Progress progress) {
    this.directory = directory;
    this.kind = kind;
    this.parts = parts;
    this.options = options;
    this.progress = progress;
    this.log = new DamageLog(options.maxDamages());
  }

  /// Checks the index in a directory; see [com.omendb.store.AnnIndex#verify].
  ///
  /// @param kind the kind of index that calls
  /// @param parts of an index of that kind, by its codes
  public static VerifyReport verify(
      Path directory, String kind, KindParts parts, VerifyOptions options, Progress progress)
      throws IOException {
    return new IndexVerifier(directory, kind, parts, options, progress).run();
  }

  private VerifyReport run() throws IOException {
    Manifest manifest = manifest();
    if (manifest == null) {
      log.note("nothing but the manifest was checked, because it does not say what else there is");
      return report("", List.of(), 0);
    }
    PartList known = known(manifest);
    Map<String, GraphPart<?>> byName = new LinkedHashMap<>();
    known.all().forEach(part -> byName.put(part.name(), part));
    progress.phase("check files", byName.size());
    SortedMap<String, CheckedFile> files =
        new FileChecks(directory, manifest, options.isFull(), log).check(byName);
    try {
      progress.advance(byName.size());
      long readBytes =
          options.isFull()
              ? new FullCheck(manifest, known, files, options, log, progress).run()
              : 0;
      return report(manifest.kind(), fileReports(manifest), readBytes);
    } finally {
      FileChecks.close(files);
    }
  }

  private @Nullable Manifest manifest() throws IOException {
    try {
      Manifest manifest = Manifest.read(directory);
      if (!manifest.kind().equals(kind)) {
        throw new IOException(
            "no installed kind of index can verify " + directory + ": kind=" + manifest.kind());
      }
      return manifest;
    } catch (CorruptFileException e) {
      log.add(Manifest.FILE, Kind.MANIFEST, e.offset(), e.expected(), e.actual());
      return null;
    }
  }

  private PartList known(Manifest manifest) {
    try {
      return parts.ofManifest(manifest, directory.resolve(Manifest.FILE));
    } catch (CorruptFileException e) {
      log.add(Manifest.FILE, Kind.MANIFEST, e.offset(), e.expected(), e.actual());
      return parts.of(List.of(), CoarseGraph.of(manifest.settings()));
    }
  }

  private List<VerifyReport.FileCheck> fileReports(Manifest manifest) {
    List<VerifyReport.FileCheck> reports = new ArrayList<>();
    long manifestBytes = manifest.encode().length;
    reports.add(new VerifyReport.FileCheck(Manifest.FILE, manifestBytes, log.count(Manifest.FILE)));
    for (Map.Entry<String, Manifest.FileEntry> file : manifest.files().entrySet()) {
      reports.add(
          new VerifyReport.FileCheck(
              file.getKey(), file.getValue().length(), log.count(file.getKey())));
    }
    return reports;
  }

  private VerifyReport report(
      String kindFound, List<VerifyReport.FileCheck> fileReports, long readBytes) {
    return new VerifyReport(
        directory,
        kindFound,
        options.isFull(),
        fileReports,
        log.damages(),
        log.count(),
        log.damagedPages(),
        log.notes(),
        readBytes);
  }
}
