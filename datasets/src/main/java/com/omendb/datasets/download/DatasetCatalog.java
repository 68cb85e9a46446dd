package com.omendb.datasets.download;

import com.omendb.datasets.download.DatasetFile.Unpacking;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The public data sets that OmenDB knows where to find.
///
/// Sizes and checksums are those that public projects state which fetched the files and pinned what
/// they got. Where no such figure was found it is left out, and [DatasetDownloader] records the
/// checksum of what it fetched first.
public final class DatasetCatalog {
  private static final String TEXMEX = "ftp://ftp.irisa.fr/local/texmex/corpus/";
  private static final String ANN_BENCHMARKS = "https://ann-benchmarks.com/";
  private static final String BILLION_SCALE =
      "https://dl.fbaipublicfiles.com/billion-scale-ann-benchmarks/";
  private static final int SIFT_DIMENSION = 128;
  private static final int GIST_DIMENSION = 960;
  private static final long MILLION = 1_000_000;

  private final List<Dataset> all =
      List.of(siftSmall(), bigAnn(1), sift1m(), bigAnn(10), gist1m(), bigAnn(100));

  /// The catalogue as this version of the program knows it.
  public DatasetCatalog() {}

  /// {@return all sets, smallest first}
  public List<Dataset> all() {
    return all;
  }

  /// {@return the set of this name}
  ///
  /// @param name the name on the command line
  /// @throws IllegalArgumentException naming the known sets if there is none
  public Dataset named(String name) {
    return all.stream()
        .filter(dataset -> dataset.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    all.stream()
                        .map(Dataset::name)
                        .collect(
                            Collectors.joining(
                                ", ", "unknown data set (known: ", "): name=" + name))));
  }

  private static Dataset siftSmall() {
    DatasetFile archive =
        new DatasetFile(
            "siftsmall.tar.gz",
            List.of(
                // A mirror that packed the same files anew, hence another size and checksum.
                DownloadSource.known(
                    "https://huggingface.co/datasets/vecdata/siftsmall/resolve/main/siftsmall.tar.gz",
                    5_304_531,
                    "987b526d24e749082ba27ee8068003836eb17a61b34f09b4db865750f8a43487"),
                DownloadSource.known(
                    TEXMEX + "siftsmall.tar.gz",
                    5_305_734,
                    "b8f1e59b20319ac44279d5251706909dd3a5b8ca5ce2a11ddb1e73902252770e")),
            new Unpacking.TarGzip(),
            List.of(
                "siftsmall/siftsmall_base.fvecs",
                "siftsmall/siftsmall_query.fvecs",
                "siftsmall/siftsmall_groundtruth.ivecs"));
    return new Dataset(
        "siftsmall",
        "10,000 SIFT descriptors of the TEXMEX corpus, for first steps",
        10_000,
        SIFT_DIMENSION,
        ElementType.FLOAT32,
        Metric.SQUARED_L2,
        100,
        List.of(archive),
        archive.outputs().get(0),
        archive.outputs().get(1),
        Optional.of(archive.outputs().get(2)));
  }

  private static Dataset sift1m() {
    String name = "sift-128-euclidean.hdf5";
    return annBenchmarks(
        "sift1m",
        "SIFT1M: 1,000,000 SIFT descriptors of the TEXMEX corpus",
        SIFT_DIMENSION,
        10_000,
        DatasetFile.keep(
            name,
            DownloadSource.known(
                ANN_BENCHMARKS + name,
                525_128_288,
                "dd6f0a6ed6b7ebb8934680f861a33ed01ff33991eaee4fd60914d854a0ca5984")));
  }

  private static Dataset gist1m() {
    String name = "gist-960-euclidean.hdf5";
    return annBenchmarks(
        "gist1m",
        "GIST1M: 1,000,000 GIST descriptors of the TEXMEX corpus",
        GIST_DIMENSION,
        1_000,
        DatasetFile.keep(
            name,
            DownloadSource.known(
                ANN_BENCHMARKS + name,
                3_844_648_288L,
                "8e95831936bfdbfa0a56086942e2cf98cd703517c67f985914183eb4cdbf026a")));
  }

  private static Dataset annBenchmarks(
      String name, String description, int dimension, long queryCount, DatasetFile file) {
    return new Dataset(
        name,
        description + ", as ann-benchmarks packs it",
        MILLION,
        dimension,
        ElementType.FLOAT32,
        Metric.SQUARED_L2,
        queryCount,
        List.of(file),
        file.name(),
        file.name() + "#test",
        Optional.of(file.name()));
  }

  /// The first rows of the billion SIFT descriptors of the TEXMEX corpus.
  private static Dataset bigAnn(int millions) {
    String label = millions + "M";
    String base = "bigann.base." + label + ".u8bin";
    String truth = "bigann.gt." + label;
    DatasetFile queries =
        DatasetFile.keep(
            "query.public.10K.u8bin",
            DownloadSource.unknown(BILLION_SCALE + "bigann/query.public.10K.u8bin"));
    DatasetFile rows =
        new DatasetFile(
            base,
            List.of(DownloadSource.unknown(BILLION_SCALE + "bigann/base.1B.u8bin")),
            new Unpacking.FirstRows(millions * MILLION, SIFT_DIMENSION),
            List.of(base));
    DatasetFile neighbours =
        new DatasetFile(
            truth,
            List.of(DownloadSource.unknown(BILLION_SCALE + "GT_" + label + "/bigann-" + label)),
            new Unpacking.SplitTruth(),
            List.of(truth + ".ibin", truth + ".distances.fbin"));
    boolean hasTruth = millions >= 10;
    return new Dataset(
        "bigann" + millions + "m",
        "the first "
            + millions
            + " million of the billion SIFT descriptors of BIGANN"
            + (hasTruth ? "" : " (no ground truth is published: compute it)"),
        millions * MILLION,
        SIFT_DIMENSION,
        ElementType.UINT8,
        Metric.SQUARED_L2,
        10_000,
        hasTruth ? List.of(queries, neighbours, rows) : List.of(queries, rows),
        base,
        queries.name(),
        hasTruth ? Optional.of(truth + ".ibin") : Optional.empty());
  }
}
