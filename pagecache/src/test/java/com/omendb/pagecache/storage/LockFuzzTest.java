package com.omendb.pagecache.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.omendb.errors.LockOwner;
import com.omendb.vectors.testing.Fuzz;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// Damaged lock files. Invariant: whatever they hold, they name an owner or none.
class LockFuzzTest {
  @Test
  void owners() {
    UUID token = new UUID(1, 2);
    Fuzz.of("lock", 204)
        .from(
            LockText.encode(new LockOwner(4711, "machine", Instant.EPOCH), token),
            LockText.encode(new LockOwner(Long.MAX_VALUE, "", Instant.MAX), token))
        .run(
            2_000,
            input -> {
              LockOwner owner = LockText.decode(input);
              if (owner != null && owner.host().indexOf('\ufffd') < 0) {
                assertEquals(owner, LockText.decode(LockText.encode(owner, token)));
              }
            });
  }
}
