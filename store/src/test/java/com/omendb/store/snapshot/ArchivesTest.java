package com.omendb.store.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.errors.MissingBaseException;
import com.omendb.vectors.Progress;
import com.omendb.vectors.testing.Seeds;
import com.omendb.vectors.testing.TestFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What archives hold: blocks of every length, and what bases hold is left out.
class ArchivesTest {
  @TempDir Path temporary;

  @Test
  void blocksOfEveryLengthComeBack() throws Exception {
    SplittableRandom random = Seeds.random("blocksOfEveryLengthComeBack", 72);
    int block = FrameFormat.BLOCK_BYTES;
    int[] lengths = {0, 1, 2, 17, block - 1, block, block + 1, 2 * block, 2 * block + 777};
    for (int length : lengths) {
      for (boolean compressible : new boolean[] {false, true}) {
        byte[] bytes = new byte[length];
        if (!compressible) {
          random.nextBytes(bytes);
        }
        Path folder = temporary.resolve(length + "-" + compressible);
        TinyIndex tiny = TinyIndex.write(folder.resolve("index"), bytes, new byte[5]);
        Path file = folder.resolve("archive");
        Snapshots.write(tiny.directory(), file, List.of(), false, Progress.NONE);
        Snapshots.restore(file, List.of(), folder.resolve("back"), false, Progress.NONE);
        TestFiles.assertSame(
            TestFiles.snapshot(tiny.directory()), TestFiles.snapshot(folder.resolve("back")));
        if (compressible && length >= block) {
          assertTrue(Files.size(file) < length / 50, "Files.size=" + Files.size(file));
        }
      }
    }
  }

  @Test
  void anUnchangedFileIsLeftOutAndFoundInTheBase() throws Exception {
    Path archive = temporary.resolve("monday.omensnap");
    Path tuesday = temporary.resolve("tuesday.omensnap");
    Path wednesday = temporary.resolve("wednesday.omensnap");
    UUID id = UUID.randomUUID();
    byte[] large = random(200_000, 73);
    Path one = TinyIndex.write(temporary.resolve("one"), id, large, random(900, 1)).directory();
    Path two = TinyIndex.write(temporary.resolve("two"), id, large, random(900, 2)).directory();
    Path three = TinyIndex.write(temporary.resolve("three"), id, large, random(900, 3)).directory();
    Snapshots.write(one, archive, List.of(), false, Progress.NONE);
    SnapshotReport second = Snapshots.write(two, tuesday, List.of(archive), false, Progress.NONE);
    assertEquals(1, second.heldCount());
    assertTrue(second.writtenBytes() < 3_000, second::toString);
    // The base of a base is named itself, so that no chain has to be followed.
    SnapshotReport third =
        Snapshots.write(three, wednesday, List.of(tuesday, archive), false, Progress.NONE);
    assertEquals(1, third.heldCount());

    for (List<Path> bases : List.of(List.of(archive), List.of(tuesday, archive, archive))) {
      Path back = temporary.resolve("back-" + bases.size());
      Snapshots.restore(wednesday, bases, back, false, Progress.NONE);
      TestFiles.assertSame(TestFiles.snapshot(three), TestFiles.snapshot(back));
    }
    MissingBaseException missing =
        assertThrows(
            MissingBaseException.class,
            () ->
                Snapshots.restore(
                    wednesday, List.of(), temporary.resolve("x"), false, Progress.NONE));
    TestFiles.assertMentions(missing.snapshotId().toString(), missing);
    assertThrows(
        MissingBaseException.class,
        () ->
            Snapshots.restore(
                wednesday, List.of(tuesday), temporary.resolve("x"), false, Progress.NONE));
    assertFalse(Files.exists(temporary.resolve("x")));
  }

  private static byte[] random(int length, long seed) {
    byte[] bytes = new byte[length];
    new SplittableRandom(seed).nextBytes(bytes);
    return bytes;
  }
}
