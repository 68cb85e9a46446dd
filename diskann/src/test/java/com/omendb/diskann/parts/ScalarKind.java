package com.omendb.diskann.parts;

import static com.omendb.vectors.memory.NativeMemory.ALL;
import static com.omendb.vectors.memory.NativeMemory.BYTE;
import static com.omendb.vectors.memory.NativeMemory.FLOAT;

import com.omendb.pq.CodeDistances;
import com.omendb.pq.CodeKind;
import com.omendb.pq.CodeMismatch;
import com.omendb.pq.CodeSpec;
import com.omendb.pq.CodeTraining;
import com.omendb.pq.VectorCode;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorShape;
import com.omendb.vectors.VectorSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A kind of code that this project does not have: each element in eight bits, between the smallest
/// and the largest value of its column. All that an index needs for it is in this class.
///
/// The codebook is `float[2][dimension]`: where the range of each column begins, and its step.
public final class ScalarKind implements CodeKind {
  /// The one object of this kind.
  public static final ScalarKind SCALAR = new ScalarKind();

  private static final int LEVELS = 255;

  private ScalarKind() {}

  @Override
  public String name() {
    return "sq";
  }

  @Override
  public boolean suits(int bytes, int dimension) {
    return bytes == dimension;
  }

  @Override
  public List<CodeSpec> usual(int dimension) {
    return List.of(new CodeSpec(this, dimension));
  }

  @Override
  public long codebookBytes(int bytes, int dimension) {
    return 2L * dimension * Float.BYTES;
  }

  @Override
  public long distancesBytes(int bytes, int dimension) {
    return (long) dimension * Float.BYTES;
  }

  @Override
  public long trainingBytes(VectorShape vectors, int bytes, CodeTraining training) {
    return codebookBytes(bytes, vectors.dimension());
  }

  @Override
  public VectorCode train(
      VectorSource vectors, int bytes, CodeTraining training, Progress progress) {
    progress.phase("train ranges", 0);
    int dimension = vectors.dimension();
    MemorySegment codebook = Arena.ofAuto().allocate(codebookBytes(bytes, dimension), 64);
    for (int column = 0; column < dimension; column++) {
      float low = Float.POSITIVE_INFINITY;
      float high = Float.NEGATIVE_INFINITY;
      for (long row = 0; row < vectors.count(); row++) {
        float value = element(vectors, row, column, training.normalize());
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
      codebook.setAtIndex(FLOAT, column, low);
      codebook.setAtIndex(FLOAT, dimension + column, (high - low) / LEVELS);
    }
    return read(bytes, dimension, training.normalize(), codebook);
  }

  @Override
  public VectorCode read(int bytes, int dimension, boolean normalize, MemorySegment codebook) {
    if (!suits(bytes, dimension) || codebook.byteSize() != codebookBytes(bytes, dimension)) {
      throw new IllegalArgumentException("codebookBytes=" + codebook.byteSize());
    }
    for (int i = 0; i < 2 * dimension; i++) {
      float value = codebook.getAtIndex(FLOAT, i);
      if (!Float.isFinite(value) || (i >= dimension && value < 0)) {
        throw new IllegalArgumentException("unusable range: value=" + value);
      }
    }
    return new Code(new CodeSpec(this, bytes), dimension, normalize, codebook);
  }

  private static float element(VectorSource vectors, long row, int column, boolean normalize) {
    double square = 0;
    for (int i = 0; normalize && i < vectors.dimension(); i++) {
      square += vectors.element(row, i) * vectors.element(row, i);
    }
    double scale = square == 0 ? 1 : 1 / Math.sqrt(square);
    return (float) (vectors.element(row, column) * scale);
  }

  private static final class Code extends VectorCode {
    // Vectors are rounded once more after they were encoded.
    private static final double SLACK = 0.01;

    Code(CodeSpec spec, int dimension, boolean normalize, MemorySegment codebook) {
      super(spec, dimension, normalize, codebook);
    }

    float low(int column) {
      return codebook().getAtIndex(FLOAT, column);
    }

    float step(int column) {
      return codebook().getAtIndex(FLOAT, dimension() + column);
    }

    float decoded(int column, byte number) {
      return low(column) + step(column) * Byte.toUnsignedInt(number);
    }

    private double position(VectorSource source, long row, int column) {
      float step = step(column);
      return step == 0 ? 0 : (element(source, row, column, normalize()) - low(column)) / step;
    }

    @Override
    protected void encodeRows(VectorSource source, long fromRow, long rowCount, long target) {
      for (long row = 0; row < rowCount; row++) {
        for (int column = 0; column < dimension(); column++) {
          long number = Math.round(position(source, fromRow + row, column));
          ALL.set(BYTE, target + row * bytes() + column, (byte) Math.clamp(number, 0, LEVELS));
        }
      }
    }

    @Override
    protected void decodeInto(MemorySegment codes, long offset, float[] target) {
      for (int column = 0; column < dimension(); column++) {
        target[column] = decoded(column, codes.get(BYTE, offset + column));
      }
    }

    @Override
    public @Nullable CodeMismatch mismatch(
        VectorSource source, long row, MemorySegment codes, MemorySegment encoded, long offset) {
      for (int column = 0; column < dimension(); column++) {
        int found = Byte.toUnsignedInt(codes.get(BYTE, offset + column));
        int expected = Byte.toUnsignedInt(encoded.get(BYTE, offset + column));
        double distance = Math.abs(position(source, row, column) - found);
        if (found != expected && distance > 0.5 + SLACK) {
          return new CodeMismatch(
              column, "column=" + column, "number " + expected, "number " + found);
        }
      }
      return null;
    }

    @Override
    public CodeDistances newDistances(Arena arena) {
      return new Distances(this, arena);
    }
  }

  private static final class Distances extends CodeDistances {
    private final Code code;
    private final MemorySegment query;
    private Metric metric = Metric.SQUARED_L2;

    Distances(Code code, Arena arena) {
      super(code);
      this.code = code;
      this.query = arena.allocate(code.spec().distancesBytes(code.dimension()), 64);
    }

    @Override
    protected void fill(VectorSource source, long row, Metric newMetric) {
      metric = newMetric;
      for (int column = 0; column < code.dimension(); column++) {
        query.setAtIndex(FLOAT, column, element(source, row, column, code.normalize()));
      }
    }

    @Override
    protected void estimate(long codesAddress, int[] nodes, int count, float[] distances) {
      for (int i = 0; i < count; i++) {
        long at = codesAddress + (long) nodes[i] * code.bytes();
        double squares = 0;
        double products = 0;
        for (int column = 0; column < code.dimension(); column++) {
          double element = query.getAtIndex(FLOAT, column);
          double decoded = code.decoded(column, ALL.get(BYTE, at + column));
          squares += (element - decoded) * (element - decoded);
          products += element * decoded;
        }
        distances[i] =
            (float)
                switch (metric) {
                  case SQUARED_L2 -> squares;
                  case COSINE -> squares / 2;
                  case INNER_PRODUCT -> -products;
                };
      }
    }
  }
}
